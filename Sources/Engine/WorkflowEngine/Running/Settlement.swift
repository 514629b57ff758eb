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
    private var draw = 0

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

    /// - Parameter state: What the steps are in as long as nobody else has taken them.
    mutating func settle(_ steps: [SettledStep], from state: StepState) throws {
        for settled in steps {
            draw += 1
            try settle(settled.step, settled.outcome, from: state)
        }
    }

    /// Moves on the cases that were touched. To be called once, last.
    mutating func advanceCases() throws {
        try tables.releaseWaiting(in: touched, now: now)
        records += try tables.advance(touched, at: now)
    }

    private mutating func settle(_ step: ClaimedStep, _ outcome: StepOutcome, from state: StepState) throws {
        let records = makeRecords(step)
        switch outcome {
        case .accepted(let receipt):
            let update = WorkflowTables.StepUpdate(
                state: .applied, attempts: step.attempt, nextAttemptAt: now, receipt: json(receipt),
                leaseUntil: leaseUntil)
            try write(step, from: state, update, [records.result(step, receipt)])
        case .arrived:
            let receipt = Receipt(
                effect: .alreadyHeld, requestID: nil, at: now, note: "seen by reading back; its reply was lost")
            let update = WorkflowTables.StepUpdate(
                state: .verified, attempts: step.attempt, receipt: json(receipt), verifiedAt: now)
            if try write(
                step, from: state, update, [records.result(step, receipt), records.readBack(step, holds: true)])
            {
                verify(step)
            }
        case .holds:
            let update = WorkflowTables.StepUpdate(state: .verified, attempts: step.attempt, verifiedAt: now)
            if try write(step, from: state, update, [records.readBack(step, holds: true)]) { verify(step) }
        case .notSent(let reason, let until):
            let update = WorkflowTables.StepUpdate(
                state: step.origin, attempts: step.attempt - 1, nextAttemptAt: until, problem: step.problem)
            try write(step, from: state, update, [records.failed(step, "not sent: \(reason)")])
        case .failed, .notSeen, .unread: try fail(step, outcome, from: state, records)
        }
    }

    private mutating func fail(
        _ step: ClaimedStep, _ outcome: StepOutcome, from state: StepState, _ records: CaseRecords
    ) throws {
        let random = draws[min(draw, draws.count) - 1]
        let decision: FailurePolicy.Decision
        var attempts = step.attempt
        var made: [Record]
        switch outcome {
        case .failed(let error):
            decision = policy.failed(step, error, now: now, random: random)
            made = [records.failed(step, error.description)]
        case .unread(let reason, let retryAfter):
            decision = policy.unread(
                step, from: state, reason: reason, retryAfter: retryAfter, now: now, random: random)
            made = state == .running ? [records.failed(step, "not sent: \(reason)")] : []
            if state == .running { attempts -= 1 }
        default:
            decision = policy.notSeen(step, now: now, random: random)
            made = [records.readBack(step, holds: false)]
        }
        if decision.isNewlyStalled { made.append(records.stalled(step, decision.problem)) }
        let update = WorkflowTables.StepUpdate(
            state: decision.state, attempts: attempts, nextAttemptAt: decision.nextAttemptAt,
            problem: decision.problem)
        guard try write(step, from: state, update, made) else { return }
        count.failed += 1
        if decision.isNewlyStalled { try tables.setStalled(step.reference.caseID, true, now: now) }
        if decision.state == .stalled { count.ended += 1 }
    }

    /// False, and no record, when another worker or a newer decision has taken the step.
    @discardableResult
    private mutating func write(
        _ step: ClaimedStep, from state: StepState, _ update: WorkflowTables.StepUpdate, _ made: [Record]
    ) throws -> Bool {
        if try tables.update(step, from: state, to: update, now: now) {
            records += made
            touched.insert(step.reference.caseID)
            return true
        }
        let over = WorkflowTables.StepUpdate(
            state: .cancelled, attempts: step.attempt, receipt: update.receipt,
            problem: StepProblem(code: "superseded", message: "a newer case decided otherwise while it was sent"))
        if state == .running, try tables.update(step, from: .abandoned, to: over, now: now) {
            records += made.prefix(1)
            touched.insert(step.reference.caseID)
        }
        return false
    }

    private mutating func verify(_ step: ClaimedStep) {
        verified.append(VerifiedChange(caseID: step.reference.caseID, change: step.change, at: now))
        count.verified += 1
        count.ended += 1
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
