import Persistence

/// The engine's tables within one transaction. Its extensions are the only places with SQL on them.
struct WorkflowTables {
    let session: any SQLSession
    let dialect: SQLDialect
    /// Whether a write of a worker counts only under the fence that it holds.
    var isFenced = true
    var changes = ChangeCache()

    /// A token that is greater than all before it.
    func nextFence(owner: String) throws -> Int64 {
        let rows = try session.query(
            """
            INSERT INTO leases (name, owner, fence, until_at) VALUES ('steps', $1, 1, 0)
            ON CONFLICT (name) DO UPDATE SET fence = leases.fence + 1, owner = excluded.owner
            RETURNING fence
            """, [.text(owner)])
        guard let row = rows.first else {
            throw WorkflowError(code: .corrupt, operation: "take a fencing token", message: "it is not there")
        }
        return try row.integer(0)
    }

    /// What the indexes of steps on their way are limited to. A query that names states says it as well: SQLite uses
    /// such an index only where its very words stand in the query, and without it the steps of years would be searched.
    static let unfinished = "state NOT IN ('verified', 'skipped', 'cancelled')"

    /// States as a list for `IN`: they are the engine's own words, not input.
    static func list(_ states: [StepState]) -> String {
        states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }
}
