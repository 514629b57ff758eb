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
    public func accept(_ bytes: [UInt8]) async throws -> EventReceipt {
        let event = try HREvent.read(bytes, rules: rules)
        let stored = PeopleStore.Event(
            source: event.source, id: event.id, person: event.person, type: event.kind.rawValue,
            effective: event.effective, statedAt: event.time, receivedAt: context.now,
            digest: digest(event.canonicalContent), body: event.json)
        return try await context.database.transact { [context, rules, guards, days] session, records in
            let store = PeopleStore(session)
            if let known = try store.event(source: event.source, id: event.id) {
                guard known.digest == stored.digest else { throw Self.conflict(event) }
                return EventReceipt(event: event, outcome: .repeated, hold: nil, problems: [])
            }
            let timelines = try PeopleArchive(session).timelines()
            let roster = Roster(timelines.compactMap { $0.state(at: context.now, in: days) })
            let problems = event.problems(
                against: timelines.first { $0.id == event.person }, roster: roster, rules: rules,
                in: bytes)
            if problems.contains(where: { $0.severity == .error }) { throw HREventError(problems: problems) }
            if try Self.isHeld(event, roster, guards, session, at: context.now) {
                let hold = try PeopleHold.open(stored, context, session, &records)
                return EventReceipt(event: event, outcome: .held, hold: hold, problems: problems)
            }
            _ = try store.insert(stored)
            records.append(.accepted(event, context.record(about: event.person.text)))
            return EventReceipt(event: event, outcome: .accepted, hold: nil, problems: problems)
        }
    }

    private static func isHeld(
        _ event: HREvent, _ roster: Roster, _ guards: Guards, _ session: any SQLSession, at now: Instant
    ) throws -> Bool {
        guard event.kind == .left, roster[event.person]?.isActive ?? false else { return false }
        let since = now - RemovalGuard.window
        let leavers = try PeopleStore(session).leavers(receivedAfter: since)
        return RemovalGuard(guards).holdsLeaver(
            accepted: leavers.subtracting([event.person]).count, of: roster.states.count(where: \.isActive))
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
