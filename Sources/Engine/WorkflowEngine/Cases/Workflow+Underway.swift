import AccessModel
import Persistence

extension Workflow {
    /// A change that a case is carrying out already.
    public struct Underway: Sendable {
        public let kind: Case.Kind
        public let change: Change

        fileprivate init(_ row: SQLRow) throws {
            guard let kind = Case.Kind(rawValue: try row.text(0)) else {
                throw WorkflowError(code: .corrupt, operation: "list steps", message: "a kind is not known")
            }
            self.kind = kind
            change = try StoredJSON.change(try row.text(1))
        }
    }

    /// What is on its way in every case, so that it is not decided a second time; what is stalled is not on its way.
    public func underway(in session: any SQLSession) throws -> [Underway] {
        let states = WorkflowTables.list([.waiting, .pending, .running, .uncertain, .applied])
        return try world.targets.keys.sorted().flatMap { target in
            try session.query(
                """
                SELECT c.kind, s.change FROM steps s JOIN cases c ON c.id = s.case_id
                WHERE s.state IN (\(states)) AND s.\(WorkflowTables.unfinished) AND s.target = $1
                """, [.text(target.text)]
            ).map(Underway.init)
        }
    }

    /// The same of some facts alone, by the targets that they are in. It costs by their number.
    public func underway(on facts: [Slug: [String]], in session: any SQLSession) throws -> [Underway] {
        let states = WorkflowTables.list([.waiting, .pending, .running, .uncertain, .applied])
        let places = facts.sorted { $0.key < $1.key }.flatMap { target, keys in
            keys.map { [SQLValue.text(target.text), .text($0)] }
        }
        return try session.query(
            """
            SELECT c.kind, s.change FROM steps s JOIN cases c ON c.id = s.case_id
            WHERE s.target = $1 AND s.fact_key = $2 AND s.state IN (\(states))
            """, batch: places
        ).joined().map(Underway.init)
    }

    /// When the last case of an identity was opened; nil while there is none.
    public func lastOpened(of identity: IdentityID, in session: any SQLSession) throws -> Instant? {
        try session.query("SELECT MAX(opened_at) FROM cases WHERE identity = $1", [.text(identity.description)])
            .first?.optionalInstant(0)
    }

    /// How long a claimed step is left to its worker.
    public var lease: Span { world.settings.lease }

    /// Ends every lease now. Only for who knows that no other worker lives on this database: what the dead ones had
    /// in hand need not wait until their leases run out.
    public func endLeases() async throws {
        let now = world.clock.now()
        try await world.database.write { session in
            let leased = WorkflowTables.list([.running, .applied, .abandoned])
            _ = try session.execute(
                """
                UPDATE steps SET lease_until = $1,
                    next_attempt_at = CASE WHEN state = 'running' THEN $1 ELSE next_attempt_at END
                WHERE state IN (\(leased)) AND \(WorkflowTables.unfinished) AND lease_until > $1
                """, [.instant(now)])
        }
    }
}
