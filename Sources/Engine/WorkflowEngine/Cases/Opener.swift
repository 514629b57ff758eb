import AccessModel
import AuditTrail
import Persistence

/// Opens cases within a transaction: their steps, their records, and what they overtake.
struct Opener {
    let tables: WorkflowTables
    let reportOnly: Set<Slug>
    let criticalTargets: Set<Slug>
    let actor: String
    let now: Instant
    private(set) var records: [Record] = []
    private var touched: Set<String> = []

    init(
        tables: WorkflowTables, reportOnly: Set<Slug>, criticalTargets: Set<Slug>, actor: String, now: Instant
    ) {
        self.tables = tables
        self.reportOnly = reportOnly
        self.criticalTargets = criticalTargets
        self.actor = actor
        self.now = now
    }

    mutating func open(
        _ openings: [CaseOpening], approved: [Change], planHash: String
    ) throws -> [OpenedCase] {
        let approvedByID = Dictionary(approved.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var opened: [OpenedCase] = []
        for opening in openings {
            try check(opening, approvedByID)
            opened.append(try open(opening, planHash: planHash))
        }
        try tables.releaseWaiting(in: touched, now: now)
        records += try tables.advance(touched, at: now)
        return opened
    }

    private func check(_ opening: CaseOpening, _ approved: [String: Change]) throws {
        let operation = "open case `\(opening.id)`"
        guard opening.hasValidID else {
            throw WorkflowError(
                code: .invalid, operation: operation,
                message: "an id is letters, digits and `.-_:`, at most 128, and begins with a letter or a digit")
        }
        guard try tables.caseRow(opening.id) == nil else {
            throw WorkflowError(code: .exists, operation: operation, message: "a case of this id was opened before")
        }
        for change in opening.changes {
            guard let judged = approved[change.id], judged.fact == change.fact, judged.before == change.before else {
                throw WorkflowError(
                    code: .notApproved, operation: operation, message: "the approved plan does not hold `\(change.id)`")
            }
        }
    }

    private mutating func open(_ opening: CaseOpening, planHash: String) throws -> OpenedCase {
        var leftOut: [OpenedCase.LeftOut] = []
        var changes: [Change] = []
        for change in opening.changes {
            if reportOnly.contains(change.target) {
                leftOut.append(OpenedCase.LeftOut(change: change, reason: .reportMode))
            } else if change.isHeld {
                leftOut.append(OpenedCase.LeftOut(change: change, reason: .held))
            } else {
                changes.append(change)
            }
        }
        try tables.insert(opening, planHash: planHash, actor: actor, now: now)
        var overtaking = Overtaking(tables: tables, by: opening, now: now)
        try overtaking.endContradicted(by: changes)
        if opening.kind == .leaver { try overtaking.endGrantsOfLeaver(besides: &changes) }
        let steps = Self.steps(of: changes, caseID: opening.id, dueAt: min(opening.causedAt, now))
        try tables.insert(steps, of: opening.id, now: now)
        try tables.waitForOlder(steps, of: opening.id, now: now)
        try record(opening, steps, overtaking)
        return OpenedCase(
            id: opening.id, steps: steps.count, leftOut: leftOut, superseded: overtaking.ended.map(\.reference))
    }

    private mutating func record(
        _ opening: CaseOpening, _ steps: [WorkflowTables.NewStep], _ overtaking: Overtaking
    ) throws {
        let maker = CaseRecords(
            caseID: opening.id, identity: opening.identity, at: now, actor: actor, criticalTargets: criticalTargets)
        let isCritical = steps.contains { $0.change.lane == .revoke && criticalTargets.contains($0.change.target) }
        records.append(
            .caseOpened(
                maker.context, kind: opening.kind, causedAt: opening.causedAt,
                sourceEvent: opening.source["event"]?.string, isCritical: isCritical))
        try tables.enter(.requested, opening.id, now: now)
        for state in [Case.State.requested, .approved] {
            if state != .requested { try tables.move(opening.id, to: state, now: now) }
            records.append(
                .caseState(maker.context, kind: opening.kind, state: state, causedAt: opening.causedAt))
        }
        records += steps.map { maker.planned($0.sequence, $0.change) }
        for ended in overtaking.ended {
            let maker = CaseRecords(
                caseID: ended.reference.caseID, identity: ended.change.identity, at: now,
                criticalTargets: criticalTargets)
            records.append(
                maker.cancelled(
                    ended.reference.sequence, ended.change, reason: "case \(opening.id) decided otherwise since"))
            touched.insert(ended.reference.caseID)
        }
        touched.insert(opening.id)
    }

    /// Revocations first, then by stage, so that the order of insertion is the order of work.
    static func steps(of changes: [Change], caseID: String, dueAt: Instant) -> [WorkflowTables.NewStep] {
        func rank(_ change: Change) -> Int { change.lane == .revoke ? 0 : 1 }
        let ordered = changes.enumerated().sorted { left, right in
            (rank(left.element), left.element.stage, left.offset)
                < (rank(right.element), right.element.stage, right.offset)
        }.map(\.element)
        let predecessors = Predecessors(of: ordered)
        return ordered.enumerated().map { index, change in
            WorkflowTables.NewStep(
                sequence: index + 1, change: change, lane: change.lane, stage: change.stage,
                after: predecessors[index].map { $0 + 1 }, idempotencyKey: "\(caseID)/\(index + 1)", dueAt: dueAt)
        }
    }
}
