import AccessModel
import Persistence
import StrictJSON

extension WorkflowTables {
    /// What is written over a step that is held under a fence.
    struct StepUpdate {
        var state: StepState
        var attempts: Int
        var nextAttemptAt: Instant?
        var receipt: JSONValue?
        var problem: StepProblem?
        var verifiedAt: Instant?
        var leaseUntil: Instant?
    }

    /// What is to be written over a step, if it is still in ``from`` under its fence.
    struct FencedWrite {
        let step: ClaimedStep
        let from: StepState
        let update: StepUpdate
    }

    /// Writes to those of the steps that nobody else has taken, and returns which these are. For any other another
    /// worker or a newer decision came first, and nothing was written.
    func update(_ writes: [FencedWrite], now: Instant) throws -> Set<StepReference> {
        let types: [SQLType] = [
            .text, .integer, .integer, .text, .text, .integer, .integer, .text, .text, .integer, .integer, .integer,
        ]
        let isMine =
            isFenced
            ? "fence = v.column3 AND state = v.column4" : "fence >= v.column3 AND state <> v.column4 || ' unfenced'"
        var written: Set<StepReference> = []
        try session.inPortions(rows: writes.map { $0.parameters(now: now) }, as: types) { values, portion in
            let rows = try session.query(
                """
                UPDATE steps SET state = v.column5, attempts = v.column6, next_attempt_at = v.column7,
                    receipt = COALESCE(v.column8, receipt), error = v.column9, verified_at = v.column10,
                    lease_until = v.column11, updated_at = v.column12,
                    lease_owner = CASE WHEN v.column11 IS NULL THEN NULL ELSE lease_owner END
                FROM (VALUES \(values)) AS v
                WHERE case_id = v.column1 AND seq = v.column2 AND \(isMine)
                RETURNING case_id, seq
                """, portion)
            for row in rows {
                written.insert(StepReference(caseID: try row.text(0), sequence: Int(try row.integer(1))))
            }
        }
        return written
    }

    /// Ends a step without a worker. Its fence grows, so that whoever held it cannot write any more.
    func end(
        _ reference: StepReference, as state: StepState, problem: StepProblem?, now: Instant
    ) throws {
        try session.execute(
            """
            UPDATE steps SET state = $3, error = $4, next_attempt_at = NULL, lease_owner = NULL, lease_until = NULL,
                fence = fence + 1, updated_at = $5
            WHERE case_id = $1 AND seq = $2
            """,
            reference.parameters + [
                .text(state.rawValue), .optional(problem?.json.compactText), .instant(now),
            ])
    }

    /// Marks a running step as overtaken: its worker goes on, and its word no longer counts.
    func abandon(_ reference: StepReference, problem: StepProblem, now: Instant) throws {
        try session.execute(
            "UPDATE steps SET state = 'abandoned', error = $3, updated_at = $4 WHERE case_id = $1 AND seq = $2",
            reference.parameters + [.text(problem.json.compactText), .instant(now)])
    }

    struct NewStep {
        let sequence: Int
        let change: Change
        let lane: Change.Lane
        let stage: Int
        let after: [Int]
        let idempotencyKey: String
        let dueAt: Instant
    }

    func insert(_ steps: [NewStep], of caseID: String, now: Instant) throws {
        let rowsAtOnce = 32
        let columns = 14
        for start in stride(from: 0, to: steps.count, by: rowsAtOnce) {
            let chunk = steps[start..<min(start + rowsAtOnce, steps.count)]
            let values = (0..<chunk.count).map { "(\(Self.placeholders(columns, from: $0 * columns + 1)))" }
            try session.execute(
                """
                INSERT INTO steps (case_id, seq, target, lane, stage, op, fact_key, change, after_seqs, state,
                    next_attempt_at, idempotency_key, attempts, updated_at) VALUES \(values.joined(separator: ", "))
                """, chunk.flatMap { $0.parameters(caseID: caseID, now: now) })
        }
    }
}

extension WorkflowTables.NewStep {
    fileprivate func parameters(caseID: String, now: Instant) -> [SQLValue] {
        let state: StepState = after.isEmpty ? .pending : .waiting
        return [
            .text(caseID), .int(sequence), .text(change.target.text), .text(lane.rawValue), .int(stage),
            .text(change.operation.rawValue), .text(change.fact.key), .text(change.json.compactText),
            .text("[" + after.map(String.init).joined(separator: ",") + "]"), .text(state.rawValue), .instant(dueAt),
            .text(idempotencyKey), .int(0), .instant(now),
        ]
    }
}

extension WorkflowTables.FencedWrite {
    fileprivate func parameters(now: Instant) -> [SQLValue] {
        step.reference.parameters + [
            .integer(step.fence), .text(from.rawValue), .text(update.state.rawValue), .int(update.attempts),
            .optional(update.nextAttemptAt), .optional(update.receipt?.compactText),
            .optional(update.problem?.json.compactText), .optional(update.verifiedAt), .optional(update.leaseUntil),
            .instant(now),
        ]
    }
}
