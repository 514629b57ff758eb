import AccessModel
import AuditTrail
import Definitions
import Persistence
import StrictJSON

extension PeopleDesk {
    /// What came of an event.
    public struct EventReceipt: Sendable {
        public enum Outcome: String, Sendable {
            case accepted
            /// It was known already, with the same content.
            case repeated
            /// More people leave in an hour than the guards let go; it waits for a second person.
            case held
        }

        public let event: HREvent
        public let outcome: Outcome
        public let hold: String?
        public let problems: [FeedProblem]

        public var json: JSONValue {
            [
                "source": .string(event.source), "id": .string(event.id), "type": .string(event.type),
                "person": .string(event.person.text), "effective": .string(event.effective.description),
                "outcome": .string(outcome.rawValue), "held": .bool(outcome == .held),
                "hold": hold.map(JSONValue.string) ?? .null,
                "problems": .array(problems.map { $0.diagnostic(file: "event").json }),
            ]
        }
    }

    /// Takes one event in. A repeat changes nothing; the same source and id with other content is refused.
    ///
    /// It is on disk when this returns. Events that are taken in at the same time may share a transaction.
    public func accept(_ bytes: [UInt8]) async throws -> EventReceipt {
        let event = try read(bytes)
        return try await context.database.transact { session, records in
            try accept(event, bytes: bytes, in: session, records: &records)
        }
    }

    /// Reads an event by the rules of the definitions in force.
    ///
    /// - Throws: ``HREventError`` with all that is wrong in it.
    public func read(_ bytes: [UInt8]) throws(HREventError) -> HREvent { try HREvent.read(bytes, rules: rules) }

    /// The same within a transaction of the caller's: it counts once that is committed. It costs what the event touches,
    /// however many people there are.
    ///
    /// - Parameters:
    ///   - bytes: The event as it was sent, in which problems have their places; empty where it was not sent as JSON.
    ///   - records: What has to be appended to the log in the same transaction.
    /// - Throws: ``HREventError`` or ``LifecycleError`` where the event is refused; nothing of it was written then, and
    ///   the transaction may go on.
    public func accept(
        _ event: HREvent, bytes: [UInt8], in session: any SQLSession, records: inout [Record]
    ) throws -> EventReceipt {
        let store = PeopleStore(session)
        let digest = digest(event.canonicalContent)
        if let known = try store.event(source: event.source, id: event.id) {
            guard known.digest == digest else { throw Self.conflict(event) }
            return EventReceipt(event: event, outcome: .repeated, hold: nil, problems: [])
        }
        if let held = try store.heldEvent(source: event.source, id: event.id) {
            guard held.digest == digest else { throw Self.conflict(event) }
            return EventReceipt(event: event, outcome: .held, hold: held.hold, problems: [])
        }
        let index = PeopleIndex(session: session, now: context.now, days: days)
        let touched = try index.people(bearing: event.addresses).union(event.managers).union([event.person])
        let timelines = try PeopleArchive(session).timelines(of: touched)
        let roster = Roster(timelines.compactMap { $0.state(at: context.now, in: days) })
        let timeline = timelines.first { $0.id == event.person }
        let problems = event.problems(against: timeline, roster: roster, rules: rules, in: bytes)
        if problems.contains(where: { $0.severity == .error }) { throw HREventError(problems: problems) }
        let stored = PeopleStore.Event(
            source: event.source, id: event.id, person: event.person, type: event.kind.rawValue,
            effective: event.effective, statedAt: event.time, receivedAt: context.now, digest: digest,
            body: event.json)
        if try isHeld(event, roster, index) {
            let hold = try PeopleHold.open(stored, context, session, &records)
            return EventReceipt(event: event, outcome: .held, hold: hold, problems: problems)
        }
        try store.insert(new: stored)
        try index.update((timeline ?? PersonTimeline(id: event.person)).adding(event))
        records.append(.accepted(event, context.record(about: event.person.text)))
        return EventReceipt(event: event, outcome: .accepted, hold: nil, problems: problems)
    }

    /// Everybody is counted only once so many have left that it could matter.
    private func isHeld(_ event: HREvent, _ roster: Roster, _ index: PeopleIndex) throws -> Bool {
        guard event.kind == .left, roster[event.person]?.isActive ?? false else { return false }
        let removals = RemovalGuard(guards)
        let leavers = try PeopleStore(index.session)
            .countLeavers(receivedAfter: context.now - RemovalGuard.window, except: event.person)
        guard removals.holdsLeaver(accepted: leavers, of: 0) else { return false }
        return removals.holdsLeaver(accepted: leavers, of: try index.countActive())
    }

    private static func conflict(_ event: HREvent) -> LifecycleError {
        LifecycleError(
            code: .invalid, operation: "take the event `\(event.id)` from `\(event.source)` in",
            message: "an event of this source and id is known with other content; send what is new under a new id")
    }
}

extension Record {
    static func accepted(_ event: HREvent, _ context: RecordContext) -> Record {
        .peopleEvent(
            context, source: event.source, id: event.id, eventType: event.type, effective: event.effective,
            person: event.json["data"]?["person"]?.object ?? JSONObject())
    }
}
