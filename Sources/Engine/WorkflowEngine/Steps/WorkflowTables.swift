import Persistence

/// The engine's tables within one transaction. Its extensions are the only places with SQL on them.
struct WorkflowTables {
    let session: any SQLSession
    let dialect: SQLDialect
    /// Whether a write of a worker counts only under the fence that it holds.
    var isFenced = true

    /// A token that is greater than all before it.
    func nextFence(owner: String) throws -> Int64 {
        try session.execute(
            """
            INSERT INTO leases (name, owner, fence, until_at) VALUES ('steps', $1, 1, 0)
            ON CONFLICT (name) DO UPDATE SET fence = leases.fence + 1, owner = excluded.owner
            """, [.text(owner)])
        let rows = try session.query("SELECT fence FROM leases WHERE name = 'steps'")
        guard let row = rows.first else {
            throw WorkflowError(code: .corrupt, operation: "take a fencing token", message: "it is not there")
        }
        return try row.integer(0)
    }

    /// `$1, $2, ...`, as many as `count`, from `first`.
    static func placeholders(_ count: Int, from first: Int = 1) -> String {
        (first..<first + count).map { "$\($0)" }.joined(separator: ", ")
    }

    /// States as a list for `IN`: they are the engine's own words, not input.
    static func list(_ states: [StepState]) -> String {
        states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }
}
