import AccessModel
import Definitions

/// Makes one plan of the drafts of all targets: reasons, what waits for what, guards, order, weight.
struct PlanAssembler {
    private let state: DesiredState
    private var drafts: [ChangeDraft] = []
    private var notes: [PlanNote]
    private var upkeep: Upkeep
    private var nextChange: Instant?
    /// Target number -> memberships observed there that Tenure owns.
    private var managed: [Int: Int] = [:]
    // What is asked for each draft, taken out of the state once.
    private let names: [Slug]
    private let released: Set<String>

    private init(_ state: DesiredState) {
        self.state = state
        names = state.index.layouts.map(\.target.name)
        released = state.input.recorded.releasedChanges
        notes = state.notes
        upkeep = state.upkeep
        nextChange = state.nextChange
    }

    static func assemble(_ state: DesiredState, observations: [Slug: TargetObservation]) -> PlanningOutcome {
        var assembler = PlanAssembler(state)
        for (number, layout) in state.index.layouts.enumerated() {
            if let observation = observations[layout.target.name] {
                assembler.compare(number, with: observation)
            } else {
                assembler.missing(layout.target.name)
            }
        }
        assembler.giveReasons()
        assembler.makeMoversWait()
        assembler.guardRemovals(observations)
        return assembler.outcome()
    }

    private mutating func missing(_ target: Slug) {
        notes.append(
            PlanNote(
                severity: .warning, code: "target-unreachable",
                message: "target `\(target)` was not read; nothing is planned for it"))
    }

    private mutating func compare(_ number: Int, with observation: TargetObservation) {
        let live = Set(state.index.organization.organization.platform.tiers.lazy.filter(\.isLive).map(\.name))
        var differ = TargetDiffer(
            state, number: number, observation: observation, risks: RiskScale(liveTiers: live))
        differ.run()
        // The first target's, and there is often but one, are taken as they are.
        if drafts.isEmpty { drafts = differ.drafts } else { drafts += differ.drafts }
        if state.index.layouts[number].target.mode == .report, !differ.drafts.isEmpty { report(differ) }
        notes += differ.notes
        managed[number] = differ.observed.managedMemberships
        if !differ.groupsTakenOver.isEmpty { upkeep.groupsTakenOver[differ.name] = differ.groupsTakenOver }
        if !differ.disabledSeen.isEmpty { upkeep.disabledSeen[differ.name] = differ.disabledSeen.sorted() }
        if !differ.disabledGone.isEmpty { upkeep.disabledGone[differ.name] = differ.disabledGone.sorted() }
        if let next = differ.nextChange { nextChange = min(nextChange ?? next, next) }
    }

    private mutating func report(_ differ: TargetDiffer) {
        notes.append(
            PlanNote(
                severity: .note, code: "report-only",
                message: "target `\(differ.name)` is in report mode: its \(differ.drafts.count) changes are shown and "
                    + "never made"))
    }

    // MARK: Reasons

    private mutating func giveReasons() {
        let reasons = RemovalReasons(state, drafts: drafts)
        var ofMemberships: [UInt64: RemovalReasons.Reason] = [:]
        for number in drafts.indices where drafts[number].loss != nil && drafts[number].loss != .account {
            let reason = reasons.reason(for: drafts[number])
            set(reason, at: number)
            if let identity = drafts[number].identity, reason.cause != .drift {
                ofMemberships[packed(UInt32(drafts[number].target), identity)] = reason
            }
        }
        for number in drafts.indices where drafts[number].loss == .account {
            var reason = reasons.reason(for: drafts[number])
            // What implied the account is gone for a reason of its own.
            if reason.cause == .drift, let identity = drafts[number].identity {
                reason = ofMemberships[packed(UInt32(drafts[number].target), identity)] ?? reason
            }
            set(reason, at: number)
        }
        // An account that these tenants never gave is none of their files' business: a full plan sees to it.
        if state.tenants != nil { drafts.removeAll { $0.loss == .account && $0.causes == [.drift] } }
        var unwanted = UnwantedAccess(state)
        notes += unwanted.notes(on: drafts)
    }

    private mutating func set(_ reason: RemovalReasons.Reason, at number: Int) {
        drafts[number].causes = [reason.cause]
        drafts[number].isCounted = reason.isCounted
        if reason.isCounted, !released.isEmpty, released.contains(drafts[number].id(in: names[drafts[number].target])) {
            drafts[number].isCounted = false
        }
    }

    // MARK: Movers

    /// New access before old: what an active person loses for good waits for what the same plan gives them there.
    private mutating func makeMoversWait() {
        var losing = Set<UInt64>()
        for number in drafts.indices where drafts[number].loss == .membership && Self.isReplaced(drafts[number].causes)
        {
            guard let identity = drafts[number].identity else { continue }
            losing.insert(packed(UInt32(drafts[number].target), identity))
        }
        guard !losing.isEmpty else { return }
        var given: [UInt64: [String]] = [:]
        for number in drafts.indices where drafts[number].operation == .add {
            guard let identity = drafts[number].identity, state.isActive(identity),
                losing.contains(packed(UInt32(drafts[number].target), identity)), drafts[number].isStandingAdd
            else { continue }
            let target = drafts[number].target
            given[packed(UInt32(target), identity), default: []].append(drafts[number].id(in: names[target]))
        }
        guard !given.isEmpty else { return }
        for number in drafts.indices where drafts[number].loss == .membership && Self.isReplaced(drafts[number].causes)
        {
            guard let identity = drafts[number].identity else { continue }
            drafts[number].after = given[packed(UInt32(drafts[number].target), identity), default: []].sorted()
        }
    }

    private static func isReplaced(_ causes: [Cause]) -> Bool {
        causes.allSatisfy { cause in
            switch cause {
            case .grant, .drift: false
            default: true
            }
        }
    }

    // MARK: Guards

    private mutating func guardRemovals(_ observations: [Slug: TargetObservation]) {
        let removals = RemovalGuard(
            limits: state.index.organization.organization.platform.guards, recorded: state.input.recorded)
        // What is never made needs no second person.
        for (target, name) in names.enumerated() where state.index.layouts[target].target.mode == .enforce {
            let numbers = drafts.indices.filter { drafts[$0].target == target }
            let known = observations[name]?.knownMemberships ?? (state.scope == nil ? managed[target] : nil)
            removals.apply(to: &drafts, of: numbers, target: name, managed: known)
        }
    }

    // MARK: Order

    private consuming func outcome() -> PlanningOutcome {
        let names = names
        let targets = targetOrder()
        let order = ChangeOrder.sorted(drafts, ranks: drafts.indices.map { Self.rank(drafts[$0], targets) })
        var changes: [Change] = []
        changes.reserveCapacity(order.count)
        for number in order { changes.append(Self.change(drafts[number], names[drafts[number].target])) }
        let revision = state.index.organization.organization.revision
        var blast = BlastRadius(of: changes)
        let lost = LastAdmins(state).losses(of: changes)
        blast.lastAdminLosses = lost.keys.sorted()
        blast.lastAdmins = lost
        let plan = Plan(
            hash: PlanHash.hash(of: changes, definitionsRevision: revision), changes: changes, blastRadius: blast,
            definitionsRevision: revision, plannedAt: state.input.now, notes: notes.uniqued(),
            reportedOnly: Set(state.index.layouts.lazy.map(\.target).filter { $0.mode == .report }.map(\.name)))
        return PlanningOutcome(plan: plan, upkeep: upkeep, nextChange: nextChange)
    }

    /// Critical targets first, the others as the files list them.
    private func targetOrder() -> [Int] {
        let layouts = state.index.layouts
        let sorted = layouts.indices.sorted { left, right in
            let (first, second) = (layouts[left].target.isCritical, layouts[right].target.isCritical)
            return first == second ? left < right : first
        }
        var order = Array(repeating: 0, count: sorted.count)
        for (place, target) in sorted.enumerated() { order[target] = place }
        return order
    }

    private static func rank(_ draft: ChangeDraft, _ targets: [Int]) -> UInt64 {
        let lane: UInt64 = draft.lane == .revoke ? 0 : 1
        return lane << 48 | UInt64(draft.stage) << 40 | UInt64(draft.rank) << 32 | UInt64(targets[draft.target])
    }

    private static func change(_ draft: ChangeDraft, _ target: Slug) -> Change {
        Change(
            target: target, operation: draft.operation, lane: draft.lane,
            fact: draft.fact, before: draft.before, causes: draft.causes, risk: draft.risk, stage: draft.stage,
            after: draft.after, isCounted: draft.isCounted, isHeld: draft.isHeld)
    }
}

extension Array where Element: Hashable {
    /// Each once, where it first stands.
    func uniqued() -> [Element] {
        var seen = Set<Element>()
        return filter { seen.insert($0).inserted }
    }
}
