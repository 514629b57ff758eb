import AccessModel
import AuditTrail
import Definitions
import Persistence
import StrictJSON

/// What of HR's word a guard held: rows of a snapshot, a leave event, a feed that is not whole.
enum PeopleHold {
    static let brokenFeed = "feed"
    static let rows = "snapshot"
    static let leaver = "leaver"
    /// Under which removals by snapshots are counted.
    static let scope = "people"

    private static func body(of refusal: FeedRefusal, digest: String) -> JSONValue {
        [
            "reason": "the feed is not provably whole", "digest": .string(digest), "advice": .string(refusal.advice),
            "problems": .array(refusal.problems.prefix(100).map { $0.diagnostic(file: "feed").json }),
        ]
    }

    /// Opens a hold, or finds the one that waits for the same of a feed with the same bytes.
    static func open(
        _ hold: IntakeHold, digest: String, _ context: LifecycleContext, _ session: any SQLSession,
        _ records: inout [Record]
    ) throws -> Opened {
        let people = hold.people.map { JSONValue.string($0.text) }
        let body: JSONValue = [
            "reason": .string(hold.message), "kind": .string(hold.reason.rawValue), "people": .array(people),
            "digest": .string(digest), "rows": .array(hold.rows.map(\.json)),
        ]
        // Its rows differ in when they came in.
        let waiting = try HoldStore(session).holds(.open).first { waiting in
            waiting.kind == rows && ["digest", "kind", "people"].allSatisfy { waiting.body[$0] == body[$0] }
        }
        if let waiting { return Opened(id: waiting.id, waitsSince: waiting.openedAt) }
        return Opened(id: try open(rows, body, reason: hold.message, people: people, context, session, &records))
    }

    /// Holds a feed that is not provably whole, unless one with the same bytes is held already.
    static func open(
        _ refusal: FeedRefusal, digest: String, _ context: LifecycleContext, _ session: any SQLSession,
        _ records: inout [Record]
    ) throws -> Opened {
        let waiting = try HoldStore(session).holds(.open).first {
            $0.kind == brokenFeed && $0.body["digest"]?.string == digest
        }
        if let waiting { return Opened(id: waiting.id, waitsSince: waiting.openedAt) }
        let id = "hold-\(context.newID())"
        let body = body(of: refusal, digest: digest)
        try HoldStore(session).open(id: id, kind: brokenFeed, at: context.now, by: context.actor, body: body)
        records.append(
            .holdOpened(
                context.record(), hold: id, reason: "a feed is not provably whole",
                detail: body.object ?? JSONObject()))
        try HoldNotice(hold: id, what: brokenFeed, reason: "a feed is not provably whole", people: 0)
            .add(context, session)
        return Opened(id: id)
    }

    /// A hold that was opened, or that waits already.
    struct Opened {
        let id: String
        /// Nil where it is new.
        var waitsSince: Instant?
    }

    static func open(
        _ event: PeopleStore.Event, _ context: LifecycleContext, _ session: any SQLSession, _ records: inout [Record]
    ) throws -> String {
        let reason = "more people leave within the hour than the guards let go without a second person"
        let people = [JSONValue.string(event.person.text)]
        let body: JSONValue = [
            "reason": .string(reason), "people": .array(people), "event": event.body, "digest": .string(event.digest),
        ]
        let hold = try open(leaver, body, reason: reason, people: people, context, session, &records)
        try PeopleStore(session).insert(
            PeopleStore.HeldEvent(source: event.source, id: event.id, digest: event.digest, hold: hold))
        return hold
    }

    private static func open(
        _ kind: String, _ body: JSONValue, reason: String, people: [JSONValue], _ context: LifecycleContext,
        _ session: any SQLSession, _ records: inout [Record]
    ) throws -> String {
        let store = HoldStore(session)
        if let waiting = try store.waiting(kind, body) { return waiting }
        let id = "hold-\(context.newID())"
        try store.open(id: id, kind: kind, at: context.now, by: context.actor, body: body)
        let detail: JSONValue = ["kind": .string(kind), "people": .array(people)]
        records.append(
            .holdOpened(context.record(), hold: id, reason: reason, detail: detail.object ?? JSONObject()))
        try HoldNotice(hold: id, what: kind, reason: reason, people: people.count).add(context, session)
        return id
    }

    /// What of a snapshot a hold kept out.
    static func statedRows(_ hold: HoldStore.Hold) -> [StatedRow] {
        (hold.body["rows"]?.array ?? []).compactMap { StatedRow(json: $0) }
    }

    /// Takes in what an approved hold kept out. What HR said since stands against it by the ordinary rules.
    static func release(
        _ hold: HoldStore.Hold, _ context: LifecycleContext, _ session: any SQLSession, _ records: inout [Record]
    ) throws {
        let store = PeopleStore(session)
        switch hold.kind {
        case rows:
            let rows = statedRows(hold)
            try store.insert(rows.map(PeopleStore.Row.init))
            guard hold.body["kind"]?.string == IntakeHold.Reason.returns.rawValue else { return }
            for row in rows {
                try store.insert(
                    PeopleStore.Release(
                        person: row.id, releasedAt: context.now, actor: context.actor,
                        body: ["hold": .string(hold.id)]))
            }
        case leaver:
            guard let json = hold.body["event"], let event = HREvent(json: json) else {
                throw LifecycleError(
                    code: .corrupt, operation: "release \(hold.id)", message: "its event is not one that Tenure wrote")
            }
            let digest = hold.body["digest"]?.string ?? hold.id
            _ = try store.insert(
                PeopleStore.Event(
                    source: event.source, id: event.id, person: event.person, type: event.kind.rawValue,
                    effective: event.effective, statedAt: event.time, receivedAt: context.now, digest: digest,
                    body: json))
            records.append(.accepted(event, context.record(about: event.person.text)))
        default: break
        }
    }
}
