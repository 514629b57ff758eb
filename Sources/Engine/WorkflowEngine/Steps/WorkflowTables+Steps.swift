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
    }

    /// What is to be written over a step, if it is still in ``from`` under its fence.
    struct FencedWrite {
        let step: ClaimedStep
        let from: StepState
        let update: StepUpdate
    }

    /// Writes to those of the steps that nobody else has taken, and returns which these are. For any other another
    /// worker or a newer decision came first, and nothing was written.
    func update(_ writes: [FencedWrite], now: Instant) throws -> WrittenSteps {
        let isMine = isFenced ? "fence = $3 AND state = $4" : "fence >= $3 AND state <> $4 || ' unfenced'"
        let rows = try session.query(
            """
            UPDATE steps SET state = $5, attempts = $6, next_attempt_at = $7, receipt = COALESCE($8, receipt), error = $9,
                verified_at = $10, lease_owner = NULL, lease_until = NULL, updated_at = $11
            WHERE case_id = $1 AND seq = $2 AND \(isMine)
            RETURNING case_id, seq, fence
            """, batch: writes.map { $0.parameters(now: now) })
        var written = WrittenSteps(isFenced: isFenced)
        for row in rows.joined() {
            let reference = StepReference(caseID: try row.text(0), sequence: Int(try row.integer(1)))
            written.fences[reference] = try row.integer(2)
        }
        return written
    }

    /// The steps that were written, each with the fence under which it was.
    struct WrittenSteps {
        let isFenced: Bool
        var fences: [StepReference: Int64] = [:]

        func contains(_ step: ClaimedStep) -> Bool {
            fences[step.reference].map { !isFenced || $0 == step.fence } ?? false
        }
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
        let reference: StepReference
        let change: Change
        /// ``change``, as it is stored and recorded.
        let json: JSONValue
        let stage: Int
        let after: [Int]
        let dueAt: Instant
        /// Under which it is begun as it is opened; nil where it waits for whoever claims it.
        var beginning: Opener.Beginning?

        init(reference: StepReference, change: Change, stage: Int, after: [Int], dueAt: Instant) {
            self.reference = reference
            self.change = change
            json = change.json
            self.stage = stage
            self.after = after
            self.dueAt = dueAt
        }
    }

    func insert(_ steps: [NewStep], now: Instant) throws {
        try session.insert(
            into: """
                steps (case_id, seq, target, lane, stage, op, fact_key, identity, change, after_seqs, state,
                    next_attempt_at, idempotency_key, attempts, updated_at, lease_owner, lease_until, fence)
                """,
            steps.map { step in
                let text = step.json.compactText
                if step.beginning == nil { changes.keep(step.change, as: text) }
                return step.parameters(change: text, now: now)
            })
    }
}

extension WorkflowTables.NewStep {
    fileprivate func parameters(change text: String, now: Instant) -> [SQLValue] {
        let state: StepState = beginning != nil ? .running : after.isEmpty ? .pending : .waiting
        return reference.parameters + [
            .text(change.target.text), .text(change.lane.rawValue), .int(stage), .text(change.operation.rawValue),
            .text(change.fact.key), .optional(change.identity?.description), .text(text),
            .text("[" + after.map(String.init).joined(separator: ",") + "]"), .text(state.rawValue),
            // What is being sent is due again when its lease ends.
            .instant(beginning?.lease.until ?? dueAt),
            // No two steps have one: it names the case and the place in it.
            .text(reference.description), .int(beginning == nil ? 0 : 1), .instant(now),
            .optional(beginning?.lease.owner), .optional(beginning?.lease.until), .integer(beginning?.fence ?? 0),
        ]
    }
}

extension WorkflowTables.FencedWrite {
    fileprivate func parameters(now: Instant) -> [SQLValue] {
        step.reference.parameters + [
            .integer(step.fence), .text(from.rawValue), .text(update.state.rawValue), .int(update.attempts),
            .optional(update.nextAttemptAt), .optional(update.receipt?.compactText),
            .optional(update.problem?.json.compactText), .optional(update.verifiedAt), .instant(now),
        ]
    }
}
