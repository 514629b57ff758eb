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

    /// Writes to a step if it is still in `state` under the fence of `step`. False: another worker or a newer decision
    /// has taken it, and nothing was written.
    func update(_ step: ClaimedStep, from state: StepState, to update: StepUpdate, now: Instant) throws -> Bool {
        let isMine = isFenced ? "fence = $3 AND state = $4" : "fence >= $3 AND state <> $4 || ' unfenced'"
        let changed = try session.execute(
            """
            UPDATE steps SET state = $5, attempts = $6, next_attempt_at = $7, receipt = COALESCE($8, receipt),
                error = $9, verified_at = $10, lease_until = $11, updated_at = $12,
                lease_owner = CASE WHEN $13 = 1 THEN lease_owner ELSE NULL END
            WHERE case_id = $1 AND seq = $2 AND \(isMine)
            """,
            step.reference.parameters + [
                .integer(step.fence), .text(state.rawValue), .text(update.state.rawValue), .int(update.attempts),
                .optional(update.nextAttemptAt), .optional(update.receipt?.compactText),
                .optional(update.problem?.json.compactText), .optional(update.verifiedAt),
                .optional(update.leaseUntil), .instant(now), .bool(update.leaseUntil != nil),
            ])
        return changed == 1
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

    /// Lets go of steps of these cases whose predecessors have all been tried, or will not be.
    func releaseWaiting(in caseIDs: some Sequence<String>, now: Instant) throws {
        for caseID in Set(caseIDs) {
            let waiting = try session.query(
                "SELECT seq, after_seqs FROM steps WHERE case_id = $1 AND state = 'waiting'", [.text(caseID)])
            guard !waiting.isEmpty else { continue }
            let untried = Set(
                try session.query(
                    """
                    SELECT seq FROM steps WHERE case_id = $1 AND (state = 'running'
                        OR state IN ('waiting', 'pending', 'uncertain') AND attempts = 0)
                    """, [.text(caseID)]
                ).map { try $0.integer(0) })
            for row in waiting {
                let after = try StoredJSON.parse(try row.text(1), of: "what a step comes after").array ?? []
                guard after.allSatisfy({ $0.integer.map { !untried.contains($0) } ?? true }) else { continue }
                try session.execute(
                    """
                    UPDATE steps SET state = 'pending', updated_at = $3
                    WHERE case_id = $1 AND seq = $2 AND state = 'waiting'
                    """, [.text(caseID), .integer(try row.integer(0)), .instant(now)])
            }
        }
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
