import AccessModel
import Persistence

extension Workflow {
    /// Tries again at once what earlier cases have in hand of `changes` and what waits for another attempt: whoever
    /// wants them again now does not wait for a delay that was chosen before.
    ///
    /// It costs by what is unfinished.
    public func hasten(_ changes: [Change], at now: Instant, in session: any SQLSession) throws {
        let wanted = Set(changes.map(\.id))
        let waiting = WorkflowTables.list([.pending, .uncertain, .applied])
        var late: [StepReference] = []
        try session.forEachRow(
            """
            SELECT case_id, seq, change FROM steps
            WHERE state IN (\(waiting)) AND \(WorkflowTables.unfinished) AND next_attempt_at > $1
            """, [.instant(now)]
        ) { row in
            guard wanted.contains(try StoredJSON.change(try row.text(2)).id) else { return }
            late.append(StepReference(caseID: try row.text(0), sequence: Int(try row.integer(1))))
        }
        for step in late {
            try session.execute(
                "UPDATE steps SET next_attempt_at = $3, updated_at = $4 WHERE case_id = $1 AND seq = $2",
                [.text(step.caseID), .int(step.sequence), .instant(now), .instant(now)])
        }
    }
}
