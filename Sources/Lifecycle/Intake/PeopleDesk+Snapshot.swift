import AccessModel
import AuditTrail
import Definitions
import Persistence
import StrictJSON

extension PeopleDesk {
    /// What came of a feed.
    public struct SnapshotReceipt: Sendable {
        /// Nil where the feed was refused whole.
        public let asOf: Instant?
        public let people: Int
        public let joined: Int
        public let changed: Int
        public let unchanged: Int
        public let holds: [String]
        /// Of ``holds``, those that an import of the same feed opened before, and since when they wait.
        public let heldSince: [String: Instant]
        public let problems: [FeedProblem]
        /// What to do, where the feed was refused.
        public let advice: String?
    }

    /// A feed that was read, and what its bytes were.
    public struct Feed: Sendable {
        let reading: HRSnapshot.Reading
        let digest: String

        public var isWhole: Bool { reading.snapshot != nil }
    }

    /// Reads a feed by the rules of the definitions in force; nothing comes of it yet.
    public func read(snapshot bytes: [UInt8], format: HRSnapshot.Format? = nil) -> Feed {
        Feed(reading: HRSnapshot.read(bytes, format: format, rules: rules), digest: digest(bytes))
    }

    /// Takes a whole snapshot in, except for what a guard holds; a feed that is not provably whole is held whole and
    /// removes nobody.
    public func importSnapshot(_ bytes: [UInt8], format: HRSnapshot.Format? = nil) async throws -> SnapshotReceipt {
        let feed = read(snapshot: bytes, format: format)
        return try await context.database.transact { session, records in
            try take(feed, in: session, records: &records)
        }
    }

    /// The same within a transaction of the caller's: it counts once that is committed.
    public func take(
        _ feed: Feed, in session: any SQLSession, records: inout [Record]
    ) throws -> SnapshotReceipt {
        switch feed.reading {
        case .refused(let refusal): try hold(refusal, feed.digest, session, &records)
        case .whole(let snapshot, let warnings): try take(snapshot, warnings, feed.digest, session, &records)
        }
    }

    private func hold(
        _ refusal: FeedRefusal, _ digest: String, _ session: any SQLSession, _ records: inout [Record]
    ) throws -> SnapshotReceipt {
        let hold = try PeopleHold.open(refusal, digest: digest, context, session, &records)
        return SnapshotReceipt(
            asOf: nil, people: 0, joined: 0, changed: 0, unchanged: 0, holds: [hold.id],
            heldSince: Self.heldSince([hold]), problems: refusal.problems, advice: refusal.advice)
    }

    private static func heldSince(_ holds: [PeopleHold.Opened]) -> [String: Instant] {
        Dictionary(
            holds.compactMap { hold in hold.waitsSince.map { (hold.id, $0) } }, uniquingKeysWith: { first, _ in first })
    }

    private func take(
        _ snapshot: HRSnapshot, _ warnings: [FeedProblem], _ digest: String, _ session: any SQLSession,
        _ records: inout [Record]
    ) throws -> SnapshotReceipt {
        let intake = SnapshotIntake(guards: guards, days: days, importedAt: context.now)
        let store = PeopleStore(session)
        let decision = intake.decide(
            snapshot, known: try PeopleArchive(session).timelines(), earlier: try store.snapshots().map(\.asOf),
            recentRemovals: try Self.recentRemovals(session, at: context.now))
        try store.insert(
            PeopleStore.Snapshot(
                id: context.newID(), asOf: decision.asOf, importedAt: context.now, people: snapshot.count,
                digest: digest))
        try store.insert(decision.accepted.map(PeopleStore.Row.init))
        try store.extend(decision.unchanged, until: decision.asOf)
        try HoldStore(session).recordRemovals(
            decision.removals.map(\.person.text), scope: PeopleHold.scope, at: context.now)
        try Self.closeBrokenFeeds(session, context, &records)
        let holds = try decision.holds.map {
            try PeopleHold.open($0, digest: digest, context, session, &records)
        }
        let receipt = SnapshotReceipt(
            asOf: decision.asOf, people: snapshot.count, joined: decision.joined.count,
            changed: decision.accepted.count - decision.joined.count, unchanged: decision.unchanged.count,
            holds: holds.map(\.id), heldSince: Self.heldSince(holds), problems: warnings + decision.diagnostics,
            advice: nil)
        records.append(
            .peopleSnapshot(
                context.record(), asOf: decision.asOf, people: snapshot.count, digest: digest,
                summary: receipt.summary))
        return receipt
    }

    /// A whole feed takes the place of broken ones before it.
    private static func closeBrokenFeeds(
        _ session: any SQLSession, _ context: LifecycleContext, _ records: inout [Record]
    ) throws {
        let store = HoldStore(session)
        for hold in try store.holds(.open) where hold.kind == PeopleHold.brokenFeed {
            _ = try store.decide(hold.id, .rejected, at: context.now, by: "tenure")
            records.append(.holdRejected(context.ownRecord(), hold: hold.id, reason: "a whole feed came in"))
        }
    }

    private static func recentRemovals(_ session: any SQLSession, at now: Instant) throws -> [CountedRemoval] {
        let people = try HoldStore(session).removals(since: now - RemovalGuard.window)[PeopleHold.scope] ?? []
        return people.sorted().compactMap { PersonID($0) }.map { CountedRemoval(person: $0, at: now) }
    }
}

extension PeopleDesk.SnapshotReceipt {
    var summary: JSONObject {
        var object = JSONObject()
        object["joined"] = .integer(Int64(joined))
        object["changed"] = .integer(Int64(changed))
        object["unchanged"] = .integer(Int64(unchanged))
        object["holds"] = .array(holds.map(JSONValue.string))
        return object
    }

    public var json: JSONValue {
        var object = JSONObject()
        object["as_of"] = asOf.map { .string($0.description) } ?? .null
        object["people"] = .integer(Int64(people))
        for member in summary.members { object[member.name] = member.value }
        object["held"] = .bool(!holds.isEmpty)
        object["held_before"] = .array(holds.filter { heldSince[$0] != nil }.map(JSONValue.string))
        object["problems"] = .array(problems.map { $0.diagnostic(file: "feed").json })
        object["advice"] = advice.map(JSONValue.string) ?? .null
        return .object(object)
    }
}

extension PeopleStore.Row {
    init(_ row: StatedRow) {
        self.init(
            person: row.id, from: row.statedFrom, until: row.statedUntil, importedAt: row.importedAt, body: row.json)
    }
}
