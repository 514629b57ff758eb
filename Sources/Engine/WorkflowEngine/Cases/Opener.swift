import AccessModel
import AuditTrail
import Persistence

/// Opens cases within a transaction: their steps, their records, and what they overtake. What it costs in statements
/// does not grow with their number.
struct Opener {
    let tables: WorkflowTables
    let reportOnly: Set<Slug>
    let criticalTargets: Set<Slug>
    let now: Instant
    private(set) var records: [Record] = []
    private var opened: [String: OpenedCase] = [:]
    /// Cases whose steps may be let go of, or that may have come further.
    private var touched: Set<String> = []

    init(tables: WorkflowTables, reportOnly: Set<Slug>, criticalTargets: Set<Slug>, now: Instant) {
        self.tables = tables
        self.reportOnly = reportOnly
        self.criticalTargets = criticalTargets
        self.now = now
    }

    /// Opens what the requests ask for, in their order. Of one that is refused nothing is opened; the others do not
    /// suffer by it.
    mutating func open(_ requests: [OpeningRequest]) throws -> [Result<[OpenedCase], any Error>] {
        var known = try tables.knownCases(among: requests.flatMap { $0.openings.map(\.id) })
        var drafts: [OpeningDraft] = []
        let problems = requests.map { request -> WorkflowError? in
            if let problem = request.problem(known: known) { return problem }
            known.formUnion(request.openings.map(\.id))
            drafts += request.openings.map { OpeningDraft($0, of: request, reportOnly: reportOnly) }
            return nil
        }
        for round in OpeningRound.rounds(of: drafts) { try write(round.drafts) }
        try tables.releaseWaiting(in: touched, now: now)
        records += try tables.advance(touched, at: now)
        return zip(requests, problems).map { request, problem in
            problem.map { .failure($0) } ?? .success(request.openings.compactMap { opened[$0.id] })
        }
    }

    private mutating func write(_ drafts: [OpeningDraft]) throws {
        var drafts = drafts
        try tables.insert(drafts, now: now)
        var overtaking = Overtaking(tables: tables, now: now)
        try overtaking.endContradicted(by: drafts)
        try overtaking.endGrantsOfLeavers(in: &drafts)
        let steps = drafts.map { draft in
            Self.steps(
                of: draft.changes, caseID: draft.opening.id, dueAt: min(draft.opening.causedAt, now))
        }
        try tables.insert(steps.flatMap { $0 }, now: now)
        touched.formUnion(try tables.waitForOlder(steps, now: now))
        for (draft, steps) in zip(drafts, steps) {
            let ended = overtaking.ended[draft.opening.id] ?? []
            record(draft, steps, ended)
            if steps.isEmpty { touched.insert(draft.opening.id) }
            opened[draft.opening.id] = OpenedCase(
                id: draft.opening.id, steps: steps.count, leftOut: draft.leftOut, superseded: ended.map(\.reference))
        }
    }

    private mutating func record(
        _ draft: OpeningDraft, _ steps: [WorkflowTables.NewStep], _ ended: [Overtaking.Ended]
    ) {
        let opening = draft.opening
        let maker = CaseRecords(
            caseID: opening.id, identity: opening.identity, at: now, actor: draft.actor,
            criticalTargets: criticalTargets)
        let isCritical = steps.contains { $0.change.lane == .revoke && criticalTargets.contains($0.change.target) }
        records.append(
            .caseOpened(
                maker.context, kind: opening.kind, causedAt: opening.causedAt,
                sourceEvent: opening.source["event"]?.string, isCritical: isCritical))
        records += WorkflowTables.openingStates.map { state in
            .caseState(maker.context, kind: opening.kind, state: state, causedAt: opening.causedAt)
        }
        records += steps.map { maker.planned($0.reference.sequence, $0.change) }
        for ended in ended {
            let maker = CaseRecords(
                caseID: ended.reference.caseID, identity: ended.change.identity, at: now,
                criticalTargets: criticalTargets)
            records.append(
                maker.cancelled(
                    ended.reference.sequence, ended.change, reason: "case \(opening.id) decided otherwise since"))
            touched.insert(ended.reference.caseID)
        }
    }

    /// Revocations first, then by stage, so that the order of insertion is the order of work.
    private static func steps(of changes: [Change], caseID: String, dueAt: Instant) -> [WorkflowTables.NewStep] {
        func rank(_ change: Change) -> Int { change.lane == .revoke ? 0 : 1 }
        let ordered = changes.enumerated().sorted { left, right in
            (rank(left.element), left.element.stage, left.offset)
                < (rank(right.element), right.element.stage, right.offset)
        }.map(\.element)
        let predecessors = Predecessors(of: ordered)
        return ordered.enumerated().map { index, change in
            WorkflowTables.NewStep(
                reference: StepReference(caseID: caseID, sequence: index + 1), change: change, stage: change.stage,
                after: predecessors[index].map { $0 + 1 }, dueAt: dueAt)
        }
    }
}
