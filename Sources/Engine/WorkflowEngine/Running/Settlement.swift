import AccessModel
import AuditTrail
import ConnectorKit
import Persistence
import StrictJSON

/// Writes what a wave found out, in one transaction: steps, cases and records together, each write under its fence.
struct Settlement {
    let tables: WorkflowTables
    let policy: FailurePolicy
    let now: Instant
    let criticalTargets: Set<Slug>

    private(set) var records: [Record] = []
    private(set) var verified: [VerifiedChange] = []
    private(set) var news: [StepNews] = []
    private var touched: Set<String> = []

    init(tables: WorkflowTables, policy: FailurePolicy, now: Instant, criticalTargets: Set<Slug>) {
        self.tables = tables
        self.policy = policy
        self.now = now
        self.criticalTargets = criticalTargets
    }

    /// What is to be written of one step, and what follows from it once it is written.
    private struct Draft {
        let write: WorkflowTables.FencedWrite
        let records: [Record]
        var isFailure = false
        var isNewlyStalled = false

        var step: ClaimedStep { write.step }
        var state: StepState { write.update.state }
    }

    /// Settles the steps of waves and moves on the cases that they belong to; what each wave came to. To be called once.
    mutating func settle(_ results: [WaveResult]) throws -> [WaveCount] {
        let waves = results.map(drafts)
        let drafts = waves.flatMap { $0 }
        let written = try tables.update(drafts.map(\.write), now: now)
        let counts = waves.map { wave in
            var count = WaveCount()
            for draft in wave where written.contains(draft.step) { follow(draft, &count) }
            return count
        }
        try end(drafts.filter { $0.write.from == .running && !written.contains($0.step) })
        let stalled = drafts.lazy.filter { $0.isNewlyStalled && written.contains($0.step) }
        for caseID in Set(stalled.map(\.step.reference.caseID)).sorted() {
            try tables.setStalled(caseID, true, now: now)
        }
        try tables.releaseWaiting(in: touched, now: now)
        records += try tables.advance(touched, at: now)
        return counts
    }

    private func drafts(_ result: WaveResult) -> [Draft] {
        let settled = result.running.map { ($0, StepState.running) } + result.applied.map { ($0, StepState.applied) }
        return zip(settled, result.draws).map { settled, draw in
            draft(settled.0.step, settled.0.outcome, from: settled.1, random: draw)
        }
    }

    private mutating func follow(_ draft: Draft, _ count: inout WaveCount) {
        records += draft.records
        touched.insert(draft.step.reference.caseID)
        news.append(
            StepNews(
                step: draft.step.reference, change: draft.step.change, attempt: draft.step.attempt, state: draft.state,
                problem: draft.write.update.problem?.message))
        if draft.isFailure { count.failed += 1 }
        if draft.state == .stalled || draft.state == .verified { count.ended += 1 }
        guard draft.state == .verified else { return }
        count.verified += 1
        verified.append(VerifiedChange(caseID: draft.step.reference.caseID, change: draft.step.change, at: now))
    }

    /// Of steps that a newer decision has overtaken while they were sent, what became of the sending is written down,
    /// and they are over. Those that another worker has taken are its own.
    private mutating func end(_ drafts: [Draft]) throws {
        let over = drafts.map { draft in
            WorkflowTables.FencedWrite(
                step: draft.step, from: .abandoned,
                update: WorkflowTables.StepUpdate(
                    state: .cancelled, attempts: draft.step.attempt, receipt: draft.write.update.receipt,
                    problem: StepProblem(
                        code: "superseded", message: "a newer case decided otherwise while it was sent")))
        }
        let written = try tables.update(over, now: now)
        for draft in drafts where written.contains(draft.step) {
            records += draft.records.prefix(1)
            touched.insert(draft.step.reference.caseID)
        }
    }

    private func draft(_ step: ClaimedStep, _ outcome: StepOutcome, from state: StepState, random: Double) -> Draft {
        switch outcome {
        case .accepted(let receipt, let finding):
            return readBack(
                step, finding, from: state, receipt: receipt, [makeRecords(step).result(step, receipt)], random: random)
        case .arrived:
            let receipt = Receipt(
                effect: .alreadyHeld, requestID: nil, at: now, note: "seen by reading back; its reply was lost")
            return readBack(
                step, .holds, from: state, receipt: receipt, [makeRecords(step).result(step, receipt)], random: random)
        case .readBack(.unread(let reason, let retryAfter)) where state == .running:
            let decision = policy.unread(
                step, from: state, reason: reason, retryAfter: retryAfter, now: now, random: random)
            return failure(
                decision, of: step, from: state, [makeRecords(step).failed(step, "not sent: \(reason)")],
                wasAttempt: false)
        case .readBack(.underway(let asked)) where state == .running:
            let receipt = Receipt(
                effect: .proposed, requestID: nil, at: now, note: "seen by reading back; its reply was lost")
            return readBack(
                step, .underway(asked), from: state, receipt: receipt, [makeRecords(step).result(step, receipt)],
                random: random)
        case .readBack(let finding):
            return readBack(step, finding, from: state, receipt: nil, [], random: random)
        case .notSent(let reason, let until):
            let update = WorkflowTables.StepUpdate(
                state: step.origin, attempts: step.attempt - 1, nextAttemptAt: until, problem: step.problem)
            return Draft(
                write: WorkflowTables.FencedWrite(step: step, from: state, update: update),
                records: [makeRecords(step).failed(step, "not sent: \(reason)")])
        case .lapsed:
            let problem = StepProblem(code: "lapsed", message: "its window ended before it was sent")
            let update = WorkflowTables.StepUpdate(
                state: .cancelled, attempts: step.attempt - 1, problem: problem)
            return Draft(
                write: WorkflowTables.FencedWrite(step: step, from: state, update: update),
                records: [
                    makeRecords(step).cancelled(step.reference.sequence, step.change, reason: problem.message)
                ])
        case .failed(let error):
            return failure(
                policy.failed(step, error, now: now, random: random), of: step, from: state,
                [makeRecords(step).failed(step, error.description)])
        }
    }

    /// What reading back came to of a step that its target has accepted, now or earlier.
    ///
    /// - Parameter made: The records of the answer, if it is a new one.
    private func readBack(
        _ step: ClaimedStep, _ finding: Finding, from state: StepState, receipt: Receipt?, _ made: [Record],
        random: Double
    ) -> Draft {
        switch finding {
        case .holds:
            let update = WorkflowTables.StepUpdate(
                state: .verified, attempts: step.attempt, receipt: receipt.map(json), verifiedAt: now)
            return Draft(
                write: WorkflowTables.FencedWrite(step: step, from: state, update: update),
                records: made + [makeRecords(step).readBack(step, holds: true)])
        case .missing:
            return failure(
                policy.notSeen(step, now: now, random: random), of: step, from: state, receipt: receipt,
                made + [makeRecords(step).readBack(step, holds: false)])
        case .underway(let asked):
            // It has not failed, however long it takes: nothing is counted, and nobody is called.
            let update = WorkflowTables.StepUpdate(
                state: .applied, attempts: step.attempt, nextAttemptAt: now + asked.lookAgainAfter,
                receipt: receipt.map(json), problem: .underway(asked))
            return Draft(write: WorkflowTables.FencedWrite(step: step, from: state, update: update), records: made)
        case .unread(let reason, let retryAfter):
            let decision = policy.unread(
                step, from: .applied, reason: reason, retryAfter: retryAfter, now: now, random: random)
            return failure(decision, of: step, from: state, receipt: receipt, made)
        }
    }

    /// - Parameter wasAttempt: Whether the attempt counts; one that was not made does not.
    private func failure(
        _ decision: FailurePolicy.Decision, of step: ClaimedStep, from state: StepState, receipt: Receipt? = nil,
        _ made: [Record], wasAttempt: Bool = true
    ) -> Draft {
        let update = WorkflowTables.StepUpdate(
            state: decision.state, attempts: step.attempt - (wasAttempt ? 0 : 1),
            nextAttemptAt: decision.nextAttemptAt, receipt: receipt.map(json), problem: decision.problem)
        let stalled = decision.isNewlyStalled ? [makeRecords(step).stalled(step, decision.problem)] : []
        return Draft(
            write: WorkflowTables.FencedWrite(step: step, from: state, update: update), records: made + stalled,
            isFailure: true, isNewlyStalled: decision.isNewlyStalled)
    }

    private func makeRecords(_ step: ClaimedStep) -> CaseRecords {
        CaseRecords(
            caseID: step.reference.caseID, identity: step.change.identity, at: now, criticalTargets: criticalTargets)
    }

    private func json(_ receipt: Receipt) -> JSONValue {
        var object = JSONObject()
        object["effect"] = .string(receipt.effect.rawValue)
        object["request_id"] = receipt.requestID.map(JSONValue.string)
        object["at"] = .string(receipt.at.description)
        object["note"] = .string(receipt.note)
        return .object(object)
    }
}

/// What one wave did.
struct WaveCount: Sendable {
    var sent = 0
    var verified = 0
    var failed = 0
    /// Steps that are verified, or left to a person.
    var ended = 0

    static func += (left: inout WaveCount, right: WaveCount) {
        left.sent += right.sent
        left.verified += right.verified
        left.failed += right.failed
        left.ended += right.ended
    }
}
