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
    let leaseUntil: Instant
    /// Of each settled step one draw, made outside: the transaction may be run again.
    let draws: [Double]

    private(set) var records: [Record] = []
    private(set) var verified: [VerifiedChange] = []
    private(set) var count = WaveCount()
    private var touched: Set<String> = []

    init(
        tables: WorkflowTables, policy: FailurePolicy, now: Instant, criticalTargets: Set<Slug>, leaseUntil: Instant,
        draws: [Double]
    ) {
        self.tables = tables
        self.policy = policy
        self.now = now
        self.criticalTargets = criticalTargets
        self.leaseUntil = leaseUntil
        self.draws = draws
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

    /// Settles steps that were sent, and steps that were read back after the target had said yes, and moves on the
    /// cases that they belong to. To be called once.
    mutating func settle(running: [SettledStep], applied: [SettledStep]) throws {
        let settled = running.map { ($0, StepState.running) } + applied.map { ($0, StepState.applied) }
        let drafts = zip(settled, draws).map { settled, draw in
            draft(settled.0.step, settled.0.outcome, from: settled.1, random: draw)
        }
        let written = try tables.update(drafts.map(\.write), now: now)
        for draft in drafts where written.contains(draft.step.reference) { follow(draft) }
        try end(drafts.filter { $0.write.from == .running && !written.contains($0.step.reference) })
        let stalled = drafts.lazy.filter { $0.isNewlyStalled && written.contains($0.step.reference) }
        for caseID in Set(stalled.map(\.step.reference.caseID)).sorted() {
            try tables.setStalled(caseID, true, now: now)
        }
        try tables.releaseWaiting(in: touched, now: now)
        records += try tables.advance(touched, at: now)
    }

    private mutating func follow(_ draft: Draft) {
        records += draft.records
        touched.insert(draft.step.reference.caseID)
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
        for draft in drafts where written.contains(draft.step.reference) {
            records += draft.records.prefix(1)
            touched.insert(draft.step.reference.caseID)
        }
    }

    private func draft(_ step: ClaimedStep, _ outcome: StepOutcome, from state: StepState, random: Double) -> Draft {
        let records = makeRecords(step)
        func draft(_ update: WorkflowTables.StepUpdate, _ made: [Record]) -> Draft {
            Draft(write: WorkflowTables.FencedWrite(step: step, from: state, update: update), records: made)
        }
        switch outcome {
        case .accepted(let receipt):
            return draft(
                WorkflowTables.StepUpdate(
                    state: .applied, attempts: step.attempt, nextAttemptAt: now, receipt: json(receipt),
                    leaseUntil: leaseUntil), [records.result(step, receipt)])
        case .arrived:
            let receipt = Receipt(
                effect: .alreadyHeld, requestID: nil, at: now, note: "seen by reading back; its reply was lost")
            return draft(
                WorkflowTables.StepUpdate(
                    state: .verified, attempts: step.attempt, receipt: json(receipt), verifiedAt: now),
                [records.result(step, receipt), records.readBack(step, holds: true)])
        case .holds:
            return draft(
                WorkflowTables.StepUpdate(state: .verified, attempts: step.attempt, verifiedAt: now),
                [records.readBack(step, holds: true)])
        case .notSent(let reason, let until):
            return draft(
                WorkflowTables.StepUpdate(
                    state: step.origin, attempts: step.attempt - 1, nextAttemptAt: until, problem: step.problem),
                [records.failed(step, "not sent: \(reason)")])
        case .failed(let error):
            return failure(
                policy.failed(step, error, now: now, random: random), of: step, from: state,
                [records.failed(step, error.description)])
        case .unread(let reason, let retryAfter):
            let decision = policy.unread(
                step, from: state, reason: reason, retryAfter: retryAfter, now: now, random: random)
            let made = state == .running ? [records.failed(step, "not sent: \(reason)")] : []
            return failure(decision, of: step, from: state, made, wasAttempt: state != .running)
        case .notSeen:
            return failure(
                policy.notSeen(step, now: now, random: random), of: step, from: state,
                [records.readBack(step, holds: false)])
        }
    }

    /// - Parameter wasAttempt: Whether the attempt counts; one that was not made does not.
    private func failure(
        _ decision: FailurePolicy.Decision, of step: ClaimedStep, from state: StepState, _ made: [Record],
        wasAttempt: Bool = true
    ) -> Draft {
        let update = WorkflowTables.StepUpdate(
            state: decision.state, attempts: step.attempt - (wasAttempt ? 0 : 1),
            nextAttemptAt: decision.nextAttemptAt, problem: decision.problem)
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
