import AccessModel
import Persistence

/// Ends steps of older cases that a new case contradicts: of two decisions on one fact the later one counts, and a
/// leaver gets nothing that was still on its way.
struct Overtaking {
    struct Ended {
        let reference: StepReference
        let change: Change
    }

    let tables: WorkflowTables
    let by: CaseOpening
    let now: Instant
    private(set) var ended: [Ended] = []

    init(tables: WorkflowTables, by opening: CaseOpening, now: Instant) {
        self.tables = tables
        by = opening
        self.now = now
    }

    private static let open = WorkflowTables.list([.waiting, .pending, .running, .uncertain, .applied, .stalled])
    private static let columns = "case_id, seq, state, change, attempts"

    mutating func endContradicted(by changes: [Change]) throws {
        for change in changes {
            let older = try tables.session.query(
                """
                SELECT \(Self.columns) FROM steps
                WHERE target = $1 AND fact_key = $2 AND state IN (\(Self.open))
                """, [.text(change.target.text), .text(change.fact.key)])
            for row in older {
                let other = try StoredJSON.change(try row.text(3))
                let isSame = other.operation == change.operation && other.fact == change.fact
                // What had stalled is tried anew by the newer case, and by it alone.
                let isStalled = try row.text(2) == StepState.stalled.rawValue
                guard !isSame || isStalled else { continue }
                try end(row, other)
            }
        }
    }

    /// Ends every grant to the leaver that is not done, and adds the inverse of those that may have reached their
    /// target since the leaver's plan was made.
    mutating func endGrantsOfLeaver(besides changes: inout [Change]) throws {
        guard let identity = by.identity else { return }
        let suffix = " \(identity)"
        let pattern = "%" + suffix.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
        let rows = try tables.session.query(
            """
            SELECT \(Self.columns) FROM steps
            WHERE lane = 'grant' AND state IN (\(Self.open)) AND fact_key LIKE $1 ESCAPE '\\' AND case_id <> $2
            """, [.text(pattern), .text(by.id)])
        var own = Set(changes.map { "\($0.target) \($0.fact.key)" })
        for row in rows {
            let change = try StoredJSON.change(try row.text(3))
            // LIKE does not tell upper from lower case.
            guard change.identity == identity else { continue }
            let mayHaveArrived = try row.integer(4) > 0
            try end(row, change)
            guard mayHaveArrived, let inverse = change.inverse,
                own.insert("\(change.target) \(change.fact.key)").inserted
            else { continue }
            changes.append(inverse)
        }
    }

    private mutating func end(_ row: SQLRow, _ change: Change) throws {
        let reference = StepReference(caseID: try row.text(0), sequence: Int(try row.integer(1)))
        let problem = StepProblem.superseded(by: by.id)
        if try row.text(2) == StepState.running.rawValue {
            try tables.abandon(reference, problem: problem, now: now)
        } else {
            try tables.end(reference, as: .cancelled, problem: problem, now: now)
        }
        ended.append(Ended(reference: reference, change: change))
    }
}
