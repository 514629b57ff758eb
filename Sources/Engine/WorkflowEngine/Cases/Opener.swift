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
    /// Under which steps are begun as they are opened; nil where none is.
    private let beginning: Beginning?
    private var room: [Slug: Int]
    private(set) var begun = BegunWork.none
    private(set) var records: [Record] = []
    private var opened: [String: OpenedCase] = [:]
    /// Cases whose steps may be let go of, or that may have come further.
    private var touched: Set<String> = []

    /// The lease and the fence of steps that are begun as they are opened.
    struct Beginning {
        let lease: LeaseTerms
        let fence: Int64
    }

    init(
        tables: WorkflowTables, reportOnly: Set<Slug>, criticalTargets: Set<Slug>, now: Instant,
        room: WorkRoom = .none, beginning: Beginning? = nil
    ) {
        self.tables = tables
        self.room = room.limits
        self.beginning = beginning
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
            let steps = Self.steps(
                of: draft.changes, caseID: draft.opening.id, dueAt: min(draft.opening.causedAt, now))
            return begin(steps, draft.opening.kind, besides: overtaking.busy)
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

    /// Takes revocations in hand that nothing stands before, as many as there is room for.
    ///
    /// - Parameter busy: Where older steps are: whoever claims looks at them first.
    private mutating func begin(
        _ steps: [WorkflowTables.NewStep], _ kind: Case.Kind, besides busy: Set<FactPlace>
    ) -> [WorkflowTables.NewStep] {
        guard let beginning else { return steps }
        let revocations = steps.filter { $0.change.lane == .revoke }
        let first = Dictionary(revocations.map { ($0.change.target, $0.stage) }, uniquingKeysWith: min)
        return steps.map { step in
            let target = step.change.target
            guard step.change.lane == .revoke, step.change.after.isEmpty, step.after.isEmpty,
                step.stage == first[target], let left = room[target], left > 0, !busy.contains(FactPlace(step.change))
            else {
                begun.leaveSome()
                return step
            }
            room[target] = left - 1
            var step = step
            step.beginning = beginning
            begun.add(ClaimedStep(step, kind, fence: beginning.fence), until: beginning.lease.until)
            return step
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
        records += steps.map { maker.planned($0) }
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
