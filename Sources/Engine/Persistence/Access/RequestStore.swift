import AccessModel
import StrictJSON

/// Requests for windows and what approvers said of them. Every transition is one statement that names the state, and
/// the hash, that it starts from: of those who race for it, one wins and the others are told.
public struct RequestStore {
    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    public func insert(_ request: AccessRequest) throws {
        let ask = request.ask
        try session.execute(
            """
            INSERT INTO access_requests (id, person, grp, reason, duration, start_at, extends, hash, state,
                requested_at, requested_by, expires_at, ruling, decided_at, decided_by, decision, asserted)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            """,
            [
                .text(request.id), .person(ask.person), .text(ask.group.path), .text(ask.reason),
                .integer(ask.duration.milliseconds), .optional(ask.start), .optional(ask.extends), .text(ask.hash),
                .text(request.state.rawValue), .instant(request.requestedAt), .text(request.requestedBy),
                .instant(request.expiresAt), .json(request.ruling), .optional(request.decidedAt),
                .optional(request.decidedBy), .optional(request.decision), .bool(request.isAsserted),
            ])
    }

    /// Ends a request that is pending with exactly this hash. False: it is not, any more.
    public func decide(
        _ id: String, hash: String, _ state: AccessRequest.State, at now: Instant, by actor: String, because: String
    ) throws -> Bool {
        try session.execute(
            """
            UPDATE access_requests SET state = $3, decided_at = $4, decided_by = $5, decision = $6
            WHERE id = $1 AND state = 'pending' AND hash = $2
            """,
            [.text(id), .text(hash), .text(state.rawValue), .instant(now), .text(actor), .text(because)]) == 1
    }

    /// Makes a pending request another one: approvals of the old hash count no more. False: it is not pending with
    /// that hash any more.
    public func edit(_ id: String, hash: String, to ask: AccessRequest.Ask, expiresAt: Instant, ruling: JSONValue)
        throws
        -> Bool
    {
        try session.execute(
            """
            UPDATE access_requests SET grp = $3, reason = $4, duration = $5, start_at = $6, hash = $7, expires_at = $8,
                ruling = $9
            WHERE id = $1 AND state = 'pending' AND hash = $2
            """,
            [
                .text(id), .text(hash), .text(ask.group.path), .text(ask.reason), .integer(ask.duration.milliseconds),
                .optional(ask.start), .text(ask.hash), .instant(expiresAt), .json(ruling),
            ]) == 1
    }

    /// Writes an approval down; false where this person gave it for this hash before.
    public func agree(_ id: String, hash: String, approver: PersonID, at now: Instant) throws -> Bool {
        try session.execute(
            """
            INSERT INTO access_approvals (request, hash, approver, approved_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (request, hash, approver) DO NOTHING
            """, [.text(id), .text(hash), .person(approver), .instant(now)]) == 1
    }

    static let open = """
        SELECT id FROM access_requests WHERE state = 'pending'
        UNION SELECT request FROM access_windows WHERE closed_at IS NULL AND request IS NOT NULL
        """

    /// All approvals of a request, those of earlier hashes too, the oldest first.
    public func agreements(of id: String) throws -> [AccessRequest.Agreement] { try agreements(of: [id])[id] ?? [] }

    /// The same of many, by request.
    public func agreements(of ids: [String]) throws -> [String: [AccessRequest.Agreement]] {
        var found: [String: [AccessRequest.Agreement]] = [:]
        try session.inPortions(ids.map { .text($0) }) { list, portion in
            for row in try session.query(
                """
                SELECT request, approver, hash, approved_at FROM access_approvals WHERE request IN \(list)
                ORDER BY approved_at, approver
                """, portion)
            {
                found[try row.text(0), default: []].append(
                    AccessRequest.Agreement(approver: try row.person(1), hash: try row.text(2), at: try row.instant(3)))
            }
        }
        return found
    }

    public func request(_ id: String) throws -> AccessRequest? { try requests("WHERE id = $1", [.text(id)], "").first }

    /// Pending ones whose time is over, the oldest first.
    public func overdue(at now: Instant) throws -> [AccessRequest] {
        try requests("WHERE state = 'pending' AND expires_at <= $1", [.instant(now)], "ORDER BY expires_at, id")
    }

    /// The newest first. An open one is pending, or its window is not closed.
    public func requests(_ listing: AccessListing) throws -> [AccessRequest] {
        let clause = listing.clause(since: "requested_at", open: Self.open)
        return try requests(clause.condition, clause.parameters, clause.order)
    }

    /// When the first pending request expires; nil where none is pending.
    public func nextExpiry() throws -> Instant? {
        try session.query("SELECT MIN(expires_at) FROM access_requests WHERE state = 'pending'").first?
            .optionalInstant(0)
    }

    private func requests(
        _ condition: String, _ parameters: [SQLValue], _ order: String
    ) throws -> [AccessRequest] {
        try session.query(
            """
            SELECT id, person, grp, reason, duration, start_at, extends, state, requested_at, requested_by, expires_at,
                ruling, decided_at, decided_by, decision, asserted
            FROM access_requests \(condition) \(order)
            """, parameters
        ).map { row in
            guard let state = AccessRequest.State(rawValue: try row.text(7)) else {
                throw row.corrupt(7, "not a request's state")
            }
            let ask = AccessRequest.Ask(
                person: try row.person(1), group: try row.group(2), reason: try row.text(3),
                duration: Span(milliseconds: try row.integer(4)), start: try row.optionalInstant(5),
                extends: try row.optionalText(6))
            return AccessRequest(
                id: try row.text(0), ask: ask, state: state, requestedAt: try row.instant(8),
                requestedBy: try row.text(9), isAsserted: try row.bool(15), expiresAt: try row.instant(10),
                ruling: try row.json(11),
                decidedAt: try row.optionalInstant(12), decidedBy: try row.optionalText(13),
                decision: try row.optionalText(14))
        }
    }
}

extension SQLRow {
    func group(_ column: Int) throws(PersistenceError) -> Group {
        guard let group = Group(try text(column)) else { throw corrupt(column, "not a group") }
        return group
    }
}
