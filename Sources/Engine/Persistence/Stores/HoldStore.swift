import AccessModel
import StrictJSON

/// What waits for a second person, and the removals that the guards count.
public struct HoldStore {
    public struct Hold: Hashable, Sendable {
        public enum State: String, CaseIterable, Sendable {
            case open, approved, rejected
        }

        public let id: String
        /// What was held: `plan`, `snapshot`, `leavers`, ...
        public let kind: String
        public let openedAt: Instant
        public let openedBy: String
        public let state: State
        public let decidedBy: String?
        public let decidedAt: Instant?
        /// What exactly was held, and why.
        public let body: JSONValue

        /// The same with another body.
        public func with(_ body: JSONValue) -> Hold {
            Hold(
                id: id, kind: kind, openedAt: openedAt, openedBy: openedBy, state: state, decidedBy: decidedBy,
                decidedAt: decidedAt, body: body)
        }
    }

    /// A hold can be decided once, and not by who opened it.
    public enum Decision: Hashable, Sendable {
        case decided(Hold)
        case unknown
        /// It was decided earlier; it stands as it is.
        case already(Hold)
        /// Who opened it may not decide it.
        case sameActor(Hold)
    }

    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// Opens a hold; one of the same id stands as it is, and false is returned.
    @discardableResult
    public func open(id: String, kind: String, at now: Instant, by actor: String, body: JSONValue) throws -> Bool {
        try session.execute(
            """
            INSERT INTO holds (id, kind, opened_at, opened_by, state, body) VALUES ($1, $2, $3, $4, 'open', $5)
            ON CONFLICT (id) DO NOTHING
            """, [.text(id), .text(kind), .instant(now), .text(actor), .json(body)]) > 0
    }

    public func decide(_ id: String, _ state: Hold.State, at now: Instant, by actor: String) throws -> Decision {
        guard let hold = try hold(id) else { return .unknown }
        guard hold.state == .open, state != .open else { return .already(hold) }
        guard hold.openedBy != actor else { return .sameActor(hold) }
        try close(id, state, at: now, by: actor)
        return .decided(
            Hold(
                id: hold.id, kind: hold.kind, openedAt: hold.openedAt, openedBy: hold.openedBy, state: state,
                decidedBy: actor, decidedAt: now, body: hold.body))
    }

    /// Ends one that is open, whoever opened it.
    public func close(_ id: String, _ state: Hold.State, at now: Instant, by actor: String) throws {
        try session.execute(
            "UPDATE holds SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1 AND state = 'open'",
            [.text(id), .text(state.rawValue), .text(actor), .instant(now)])
    }

    /// What of one that is open became another: who agreed since.
    public func write(_ body: JSONValue, of id: String) throws {
        try session.execute(
            "UPDATE holds SET body = $2 WHERE id = $1 AND state = 'open'", [.text(id), .json(body)])
    }

    public func hold(_ id: String) throws -> Hold? { try holds("WHERE id = $1", [.text(id)]).first }

    /// Oldest first; of one state, or all.
    public func holds(_ state: Hold.State? = nil) throws -> [Hold] {
        guard let state else { return try holds("", []) }
        return try holds("WHERE state = $1", [.text(state.rawValue)])
    }

    /// The oldest that is open for the very same.
    public func waiting(_ kind: String, _ body: JSONValue) throws -> String? {
        try session.query(
            "SELECT id FROM holds WHERE state = 'open' AND kind = $1 AND body = $2 ORDER BY opened_at, id LIMIT 1",
            [.text(kind), .json(body)]
        ).first?.text(0)
    }

    private func holds(_ condition: String, _ parameters: [SQLValue]) throws -> [Hold] {
        try session.query(
            """
            SELECT id, kind, opened_at, opened_by, state, decided_by, decided_at, body FROM holds
            \(condition) ORDER BY opened_at, id
            """, parameters
        ).map { row in
            guard let state = Hold.State(rawValue: try row.text(4)) else { throw row.corrupt(4, "not a hold's state") }
            return Hold(
                id: try row.text(0), kind: try row.text(1), openedAt: try row.instant(2), openedBy: try row.text(3),
                state: state, decidedBy: try row.optionalText(5), decidedAt: try row.optionalInstant(6),
                body: try row.json(7))
        }
    }

    /// Counted removals; `scope` is a target, or `people` for a feed.
    ///
    /// - Parameter memberships: How many each of them lost there; none for those who are not named.
    public func recordRemovals(
        _ people: some Sequence<String>, memberships: [String: Int] = [:], scope: String, at now: Instant
    ) throws {
        try session.insert(
            into: "removals (scope, person, removed_at, memberships)",
            people.map { [.text(scope), .text($0), .instant(now), .int(memberships[$0] ?? 0)] },
            onConflict: "ON CONFLICT (scope, person, removed_at) DO NOTHING")
    }

    /// How many memberships counted removals took after `since`, by scope.
    public func removedMemberships(since: Instant) throws -> [String: Int] {
        let rows = try session.query(
            "SELECT scope, CAST(sum(memberships) AS BIGINT) FROM removals WHERE removed_at > $1 GROUP BY scope",
            [.instant(since)])
        return Dictionary(
            try rows.map { (try $0.text(0), Int(try $0.integer(1))) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whom counted removals concerned after `since`, by scope.
    public func removals(since: Instant) throws -> [String: Set<String>] {
        var removals: [String: Set<String>] = [:]
        try session.forEachRow("SELECT scope, person FROM removals WHERE removed_at > $1", [.instant(since)]) { row in
            removals[try row.text(0), default: []].insert(try row.text(1))
        }
        return removals
    }

    /// Forgets counted removals up to `until`; the log keeps them.
    public func pruneRemovals(until: Instant) throws {
        try session.execute("DELETE FROM removals WHERE removed_at <= $1", [.instant(until)])
    }
}
