import AccessModel
import Definitions

/// `desired - observed` in one target.
///
/// An observation that may be partial shows what is there; what it does not show may be there all the same. So what is
/// seen and not desired is removed, and what is seen and differs is updated, as that rests on what was seen. What is
/// desired and not seen is not added again: it waits for a whole listing, or for a plan narrowed to the person, and a
/// warning counts it. Absence never removes anything here: removals come from the desired state alone.
struct TargetDiffer {
    let state: DesiredState
    let number: Int
    let observation: TargetObservation
    let observed: ObservedTarget
    // Taken out of the state once: each is asked for with every change.
    let layout: TargetLayout
    let name: Slug
    private let table: DesiredState.TargetTable
    private let disabledSince: [PersonID: Instant]
    private let accounts: DesiredAccounts
    let risks: RiskScale
    private(set) var drafts: [ChangeDraft] = []
    private(set) var notes: [PlanNote] = []
    private(set) var groupsTakenOver: [String] = []
    private(set) var disabledSeen: [PersonID] = []
    private(set) var disabledGone: [PersonID] = []
    var nextChange: Instant?
    /// Strangers' accounts, by folded name, that become a person's.
    private var takenOver: [String: UInt32] = [:]
    var waiting = 0

    init(_ state: DesiredState, number: Int, observation: TargetObservation, risks: RiskScale) {
        self.state = state
        self.number = number
        self.observation = observation
        self.risks = risks
        observed = ObservedTarget(observation.facts, state: state, number: number)
        layout = state.index.layouts[number]
        name = layout.target.name
        table = state.tables[number]
        disabledSince = state.input.recorded.disabledSince[name] ?? [:]
        accounts = DesiredAccounts(state, target: number, observed: observed, facts: observation.facts)
    }

    private var isAboutGroups: Bool { state.scope == nil || state.tenants != nil }

    mutating func run() {
        if isAboutGroups { diffGroups() }
        diffAccounts()
        diffMemberships()
        withdrawLeftovers()
        keepSecrets()
        diffStrangers()
        if isAboutGroups { diffPinned() }
        describe()
    }

    mutating func draft(
        _ operation: Change.Operation, _ lane: Change.Lane, _ fact: Fact, before: Fact? = nil, stage: Int,
        rank: Int = 0, identity: UInt32? = nil, causes: [Cause] = [], loss: ChangeDraft.Loss? = nil
    ) {
        drafts.append(
            ChangeDraft(
                target: number, operation: operation, lane: lane, fact: fact, before: before, stage: stage, rank: rank,
                risk: risks.risk(of: fact, operation), identity: identity, causes: causes, loss: loss))
    }

    // MARK: Groups

    private mutating func diffGroups() {
        guard layout.holds(.group) else { return }
        let recorded = state.input.recorded.ownedGroups[name] ?? []
        let occupied = layout.abilities.holdsEmptyGroups ? [] : Set(table.memberships.keys.map(\.high))
        for (index, slot) in layout.slots.enumerated() {
            // A baseline group is no tenant's.
            if state.tenants != nil, slot.notation == nil { continue }
            let number = UInt32(index)
            if observed.slots.contains(number) {
                if !recorded.contains(slot.slug) { groupsTakenOver.append(slot.slug) }
            } else if layout.abilities.holdsEmptyGroups || occupied.contains(number) {
                guard observation.isComplete else {
                    waiting += 1
                    continue
                }
                let group = GroupFact(slug: slot.slug, notation: slot.notation)
                draft(.add, .grant, .group(group), stage: 0, causes: state.causes(slot.causes))
            }
        }
        for index in observed.formerGroups {
            let fact = observation.facts[index]
            draft(.remove, .revoke, fact, before: fact, stage: 3, loss: .ofGroup)
        }
    }

    // MARK: Accounts

    private mutating func diffAccounts() {
        let desired = accounts
        var row = 0
        for seen in observed.accounts {
            while row < desired.count, desired.keys[row] < seen.key {
                addAccount(at: row)
                row += 1
            }
            guard case .account(let account) = observation.facts[seen.value] else { continue }
            if row < desired.count, desired.keys[row] == seen.key {
                compare(account, at: row)
                row += 1
            } else {
                withdraw(account, seen.key.low)
            }
        }
        while row < desired.count {
            addAccount(at: row)
            row += 1
        }
        for index in observed.formerWorkloads {
            let fact = observation.facts[index]
            draft(.remove, .revoke, fact, before: fact, stage: 3, rank: 1, loss: .account)
        }
        forgetAbsent()
    }

    private mutating func forgetAbsent() {
        guard observation.isComplete, !disabledSince.isEmpty else { return }
        let seen = Set(observed.accounts.lazy.map(\.key.low))
        let people = state.scope ?? disabledSince.keys.compactMap { state.number(of: .person($0)) }
        for person in people where !seen.contains(person) { forgetDisabled(person) }
    }

    private mutating func addAccount(at row: Int) {
        guard !accounts.isKeptOnly(at: row) else { return }
        let identity = accounts.keys[row].low
        let account = state.account(identity)
        let causes = accounts.causes(at: row)
        let folded = foldedASCII(account.name)
        if let stranger = observed.strangers[folded], takenOver[folded] == nil {
            takenOver[folded] = identity
            draft(
                .update, .grant, .account(account), before: observation.facts[stranger], stage: 1, identity: identity,
                causes: causes)
        } else if observation.isComplete {
            draft(.add, .grant, .account(account), stage: 1, identity: identity, causes: causes)
        } else {
            waiting += 1
        }
    }

    private mutating func compare(_ seen: Account, at row: Int) {
        let identity = accounts.keys[row].low
        if seen.state == .active { forgetDisabled(identity) }
        guard !state.isSatisfied(identity, by: seen) else { return }
        // An entry in error gives nothing new: it does not bring a disabled account back.
        guard seen.state == .active || !accounts.isKeptOnly(at: row) else { return }
        draft(
            .update, .grant, .account(state.account(identity)), before: .account(seen), stage: 1, identity: identity,
            causes: accounts.causes(at: row))
    }

    /// An account that nothing desires: disabled at once, deleted after the retention.
    private mutating func withdraw(_ seen: Account, _ identity: UInt32) {
        guard let person = state.person(identity) else {
            draft(
                .remove, .revoke, .account(seen), before: .account(seen), stage: 3, rank: 1, identity: identity,
                loss: .account)
            return
        }
        guard seen.state == .disabled else {
            forgetDisabled(identity)
            var disabled = seen
            disabled.state = .disabled
            draft(
                .update, .revoke, .account(disabled), before: .account(seen), stage: 0, identity: identity,
                loss: .account)
            return
        }
        guard let since = disabledSince[person.person.id] else {
            disabledSeen.append(person.person.id)
            return
        }
        guard person.mayBeDeleted else { return }
        let end = since + state.index.organization.organization.platform.disabledAccountRetention
        if end <= state.input.now {
            draft(
                .remove, .revoke, .account(seen), before: .account(seen), stage: 3, rank: 1, identity: identity,
                causes: [.retention(disabledSince: since)])
        } else {
            nextChange = min(nextChange ?? end, end)
        }
    }

    private mutating func forgetDisabled(_ identity: UInt32) {
        guard !disabledSince.isEmpty, state.isPerson(identity) else { return }
        let id = state.input.roster.ids[Int(identity)]
        if disabledSince[id] != nil { disabledGone.append(id) }
    }

    // MARK: Memberships

    private mutating func diffMemberships() {
        let desired = table.memberships
        let satisfied = takenOverMemberships()
        var row = 0
        for seen in observed.memberships {
            while row < desired.count, desired.keys[row] < seen.key {
                addMembership(at: row, satisfied)
                row += 1
            }
            if row < desired.count, desired.keys[row] == seen.key {
                row += 1
            } else {
                removeMembership(observation.facts[seen.value], slot: seen.key.high, identity: seen.key.low)
            }
        }
        while row < desired.count {
            addMembership(at: row, satisfied)
            row += 1
        }
        for index in observed.formerMemberships {
            let fact = observation.facts[index]
            let identity = fact.identity.flatMap { state.number(of: $0) }
            draft(
                .remove, .revoke, fact, before: fact, stage: 0, rank: 1, identity: identity, loss: .membership)
        }
    }

    private mutating func addMembership(at row: Int, _ satisfied: Set<UInt64>) {
        let key = table.memberships.keys[row]
        guard !table.memberships.isKeptOnly(at: row), !satisfied.contains(key) else { return }
        guard observation.isComplete else {
            waiting += 1
            return
        }
        draft(
            .add, .grant, .membership(state.membership(key, in: layout)), stage: 2, identity: key.low,
            causes: state.causes(table.memberships.causes(at: row)))
    }

    private mutating func removeMembership(_ fact: Fact, slot: UInt32, identity: UInt32) {
        let membership = named(fact, in: slot)
        draft(
            .remove, .revoke, membership, before: membership, stage: 0, rank: 1, identity: identity, loss: .membership)
    }

    /// With the names that the definitions give the group, whatever the target made of them.
    private func named(_ fact: Fact, in slot: UInt32) -> Fact {
        guard case .membership(let seen) = fact else { return fact }
        let group = layout.slots[Int(slot)]
        return .membership(
            Membership(group: group.slug, notation: group.notation, identity: seen.identity, account: seen.account))
    }

    /// What accounts that are taken over hold already under the stranger's name.
    private func takenOverMemberships() -> Set<UInt64> {
        guard !takenOver.isEmpty else { return [] }
        return Set(observed.strangerMemberships.compactMap { heldByNewOwner(observation.facts[$0]) })
    }

    private func heldByNewOwner(_ fact: Fact) -> UInt64? {
        guard case .membership(let seen) = fact, let slot = layout.slot(ofSlug: seen.group) else { return nil }
        return takenOver[foldedASCII(seen.account)].map { packed(slot, $0) }
    }

    private mutating func diffStrangers() {
        guard isAboutGroups else { return }
        for index in observed.strangerMemberships {
            let fact = observation.facts[index]
            if let key = heldByNewOwner(fact), table.memberships.index(of: key) != nil { continue }
            let slot = fact.groupSlug.flatMap { layout.slot(ofSlug: $0) }
            let known = slot.map { named(fact, in: $0) } ?? fact
            draft(.remove, .revoke, known, before: known, stage: 0, rank: 1, loss: .ofStranger)
        }
    }

    // MARK: Credentials and sessions

    private mutating func withdrawLeftovers() {
        for index in observed.leftovers {
            let fact = observation.facts[index]
            draft(
                .remove, .revoke, fact, before: fact, stage: 0, rank: 2,
                identity: fact.identity.flatMap { state.number(of: $0) }, loss: .account)
        }
    }

    // MARK: Roles and trusts

    private mutating func diffPinned() {
        let pinned = layout.pinned.filter { !state.isOver($0) }
        let wanted = Set(pinned.map(\.fact.key))
        for pin in pinned where observed.pinned[pin.fact.key] == nil {
            guard observation.isComplete else {
                waiting += 1
                continue
            }
            draft(.add, .grant, pin.fact, stage: 3, causes: state.causes(pin.causes))
        }
        let owned = state.input.recorded.ownedFacts[name] ?? []
        var unmanaged: [String] = []
        for fact in seenPinned() where !wanted.contains(fact.key) {
            guard owned.contains(fact.key) || isManaged(fact.groupSlug) || isPutIn(fact) else {
                unmanaged.append(fact.key)
                continue
            }
            let loss: ChangeDraft.Loss = owned.contains(fact.key) ? .ofGroup : .ofStranger
            draft(.remove, .revoke, fact, before: fact, stage: 0, rank: 2, loss: loss)
        }
        note(unmanaged, "unmanaged-role", "role assignment or trust", "role assignments or trusts")
    }

    /// What holds, whole or in part, by key.
    private func seenPinned() -> [Fact] {
        var seen = observed.pinned.mapValues { observation.facts[$0] }
        for fact in observation.remnants where seen[fact.key] == nil && state.isAbout(group: fact.groupSlug) {
            seen[fact.key] = fact
        }
        return seen.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Whether somebody was put by hand into what Tenure gives one of its groups there.
    private func isPutIn(_ fact: Fact) -> Bool {
        guard case .roleAssignment(let assignment) = fact, assignment.group.hasPrefix("foreign:") else { return false }
        return layout.pinned.contains { pin in
            guard case .roleAssignment(let wanted) = pin.fact else { return false }
            return wanted.role == assignment.role && wanted.scope == assignment.scope
        }
    }

    private func isManaged(_ slug: String?) -> Bool {
        guard let slug else { return false }
        return layout.slot(ofSlug: slug) != nil
            || state.input.recorded.ownedGroups[name]?.contains(slug) ?? false
            || state.index.organization.owner(ofSlug: slug) != nil
    }

    // MARK: Notes

    /// Those of workloads alone: of people's their connectors speak.
    private mutating func describeStaleCredentials() {
        guard observation.facts.contains(where: { $0.kind == .credential }) else { return }
        let organization = state.index.organization.organization
        for stale in StaleCredentials(organization, now: state.input.now).find(in: observation.facts) {
            guard let workload = state.workload(stale.credential.identity), !workload.isOver(at: state.input.now) else {
                continue
            }
            notes.append(
                PlanNote(
                    severity: .warning, code: "stale-credential",
                    message: "target `\(name)`: `\(stale.credential.id)` of \(stale.credential.identity) is "
                        + "\(stale.age.milliseconds / 86_400_000) days old, and its time to live is \(stale.limit)"
                        + (layout.abilities.keepsWorkloadSecrets ? "" : "; rotate it")
                ))
        }
    }

    private mutating func describe() {
        describeStaleCredentials()
        for finding in observation.findings {
            notes.append(PlanNote(severity: .warning, code: "finding", message: "target `\(name)`: \(finding)"))
        }
        if !observation.isComplete {
            let reason = observation.partialReason ?? "no reason given"
            notes.append(
                PlanNote(
                    severity: .warning, code: "incomplete-observation",
                    message: "target `\(name)` could not be read whole (\(reason)): what was not seen is neither "
                        + "removed nor added again"
                        + (waiting == 0 ? "" : "; \(waiting) addition\(waiting == 1 ? " waits" : "s wait")")))
        }
        guard state.scope == nil else { return }
        note(observed.unmanagedGroups.sorted(), "unmanaged-group", "group", "groups")
        let strangers = observed.strangers.keys.filter { takenOver[$0] == nil }.sorted()
        note(strangers, "unmanaged-account", "account", "accounts")
    }

    private mutating func note(_ names: [String], _ code: String, _ one: String, _ many: String) {
        guard !names.isEmpty else { return }
        let examples = names.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
        let more = names.count > 3 ? " and \(names.count - 3) more" : ""
        notes.append(
            PlanNote(
                severity: .note, code: code,
                message: "target `\(name)` has \(names.count) \(names.count == 1 ? one : many) that Tenure does not "
                    + "manage: \(examples)\(more)"))
    }
}

extension PersonState {
    /// Who comes back keeps the account, disabled; who left, or is here without a claim to it, does not.
    var mayBeDeleted: Bool {
        switch presence {
        case .active, .left, .ended: true
        case .notStarted, .suspended, .compromised: false
        }
    }
}
