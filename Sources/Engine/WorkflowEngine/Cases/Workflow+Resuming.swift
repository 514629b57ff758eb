import AccessModel
import Persistence

extension Workflow {
    /// Those of `changes` that an unfinished step of an earlier case is already to make, by their ids. Such a step is
    /// tried again at once, one that was left to a person with a new series of attempts: whoever wants the change
    /// again has looked.
    ///
    /// It costs by what is unfinished.
    public func resume(_ changes: [Change], at now: Instant, in session: any SQLSession) throws -> Set<String> {
        let open = WorkflowTables.list([.waiting, .pending, .running, .uncertain, .applied, .stalled])
        var unfinished: [String: [StepReference]] = [:]
        var wanted: [String: Change] = [:]
        try session.forEachRow("SELECT case_id, seq, change FROM steps WHERE state IN (\(open))", []) { row in
            let change = try StoredJSON.change(try row.text(2))
            let step = StepReference(caseID: try row.text(0), sequence: Int(try row.integer(1)))
            unfinished[change.id, default: []].append(step)
            wanted[change.id] = change
        }
        guard !unfinished.isEmpty else { return [] }
        let resumed = changes.filter { change in
            wanted[change.id].map { $0.fact == change.fact && $0.lane == change.lane } ?? false
        }
        for step in resumed.flatMap({ unfinished[$0.id] ?? [] }) { try tryAgain(step, at: now, session) }
        return Set(resumed.map(\.id))
    }

    private func tryAgain(_ step: StepReference, at now: Instant, _ session: any SQLSession) throws {
        try session.execute(
            """
            UPDATE steps SET next_attempt_at = $3, updated_at = $4,
                state = CASE WHEN state = 'stalled' THEN 'uncertain' ELSE state END
            WHERE case_id = $1 AND seq = $2 AND state IN ('stalled', 'pending', 'uncertain', 'applied')
            """, [.text(step.caseID), .int(step.sequence), .instant(now), .instant(now)])
    }
}
