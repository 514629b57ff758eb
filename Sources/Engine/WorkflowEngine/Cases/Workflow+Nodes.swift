import AccessModel
import Persistence

/// What nodes that share a database have to know of one another's work.
extension Workflow {
    /// Whether a target's lane has a step that may be taken now: what others have opened, left, or put off.
    public func isAnythingDue() async throws -> Bool {
        let now = world.clock.now()
        let targets = world.targets.values.filter(\.isEnforced).map(\.name).sorted()
        return try await world.database.read { session in
            try session.query(Self.dueQuery, batch: targets.map { [.text($0.text), .instant(now)] })
                .contains { !$0.isEmpty }
        }
    }

    private static let dueQuery: String = [StepState.running, .applied, .uncertain, .pending].map { state in
        """
        SELECT 1 FROM (SELECT 1 AS one FROM steps WHERE state = '\(state.rawValue)' AND \(WorkflowTables.unfinished)
            AND target = $1 AND next_attempt_at <= $2 AND (lease_until IS NULL OR lease_until <= $2) LIMIT 1)
            AS \(state.rawValue)
        """
    }.joined(separator: " UNION ALL ")

    /// Who has steps in hand, as their leases name them.
    public func leaseOwners() async throws -> Set<String> {
        let now = world.clock.now()
        let leased = WorkflowTables.list([.running, .applied, .abandoned])
        return try await world.database.read { session in
            Set(
                try session.query(
                    """
                    SELECT DISTINCT lease_owner FROM steps
                    WHERE state IN (\(leased)) AND \(WorkflowTables.unfinished) AND lease_until > $1
                    """, [.instant(now)]
                ).compactMap { try $0.optionalText(0) })
        }
    }

    /// Ends the leases of workers that are surely gone, as ``endLeases()`` does for all.
    public func endLeases(of owners: Set<String>) async throws {
        let now = world.clock.now()
        let leased = WorkflowTables.list([.running, .applied, .abandoned])
        try await world.database.write { session in
            for owner in owners.sorted() {
                try session.execute(
                    """
                    UPDATE steps SET lease_until = $1,
                        next_attempt_at = CASE WHEN state = 'running' THEN $1 ELSE next_attempt_at END
                    WHERE state IN (\(leased)) AND \(WorkflowTables.unfinished) AND lease_until > $1
                        AND lease_owner = $2
                    """, [.instant(now), .text(owner)])
            }
        }
    }
}
