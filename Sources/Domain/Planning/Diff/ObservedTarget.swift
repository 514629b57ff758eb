import AccessModel

/// What was seen in one target, numbered as the desired state is, so that the two can be walked side by side.
struct ObservedTarget {
    struct Row {
        let key: UInt64
        /// Into the observation's facts.
        let fact: Int
    }

    /// By identity; one each.
    private(set) var accounts: [Row] = []
    /// By slot and identity, of groups that are desired; one each.
    private(set) var memberships: [Row] = []
    /// Folded name -> account that nobody is known to own.
    private(set) var strangers: [String: Int] = [:]
    /// Accounts of workloads that no definition has any more. Tenure alone makes such identities.
    private(set) var formerWorkloads: [Int] = []
    /// Memberships that identities nobody knows have in managed groups.
    private(set) var strangerMemberships: [Int] = []
    /// Memberships in groups that are Tenure's and no longer desired.
    private(set) var formerMemberships: [Int] = []
    private(set) var slots: Set<UInt32> = []
    private(set) var formerGroups: [Int] = []
    private(set) var unmanagedGroups: Set<String> = []
    private(set) var pinned: [String: Int] = [:]
    private(set) var managedMemberships = 0

    private let state: DesiredState
    private let layout: TargetLayout
    private let owned: Set<String>
    private var lastGroup = ""
    private var lastSlot: UInt32?

    init(_ facts: [Fact], state: DesiredState, layout: TargetLayout) {
        self.state = state
        self.layout = layout
        owned = state.input.recorded.ownedGroups[layout.target.name] ?? []
        for index in facts.indices { read(facts[index], index) }
        accounts = Self.unique(accounts) { left, right in
            // Of two accounts of one person the active one is dealt with first.
            Self.isActive(facts[left]) && !Self.isActive(facts[right])
        }
        memberships = Self.unique(memberships) { $0 < $1 }
    }

    private static func isActive(_ fact: Fact) -> Bool {
        if case .account(let account) = fact { account.state == .active } else { false }
    }

    private static func unique(_ rows: [Row], by isFirst: (Int, Int) -> Bool) -> [Row] {
        // Many come in their order; then nothing is sorted.
        let isSorted = zip(rows, rows.dropFirst()).allSatisfy { $0.key < $1.key }
        if isSorted { return rows }
        let sorted = rows.sorted { left, right in
            left.key == right.key ? isFirst(left.fact, right.fact) : left.key < right.key
        }
        var unique: [Row] = []
        unique.reserveCapacity(sorted.count)
        for row in sorted where unique.last?.key != row.key { unique.append(row) }
        return unique
    }

    private mutating func read(_ fact: Fact, _ index: Int) {
        switch fact {
        case .account(let account): read(account, index)
        case .membership(let membership): read(membership, index)
        case .group(let group) where state.isAbout(group: group.slug):
            if let slot = layout.slot(ofSlug: group.slug) {
                slots.insert(slot)
            } else if owned.contains(group.slug) {
                formerGroups.append(index)
            } else {
                unmanagedGroups.insert(group.slug)
            }
        case .roleAssignment, .federatedTrust:
            if state.isAbout(group: fact.groupSlug) { pinned[fact.key] = index }
        case .group, .eligibility, .credential, .session: break
        }
    }

    private mutating func read(_ account: Account, _ index: Int) {
        if let number = state.number(of: account.identity) {
            if isInScope(number) { accounts.append(Row(key: UInt64(number), fact: index)) }
        } else if case .workload = account.identity {
            let isMeant = state.tenants?.covers(workload: account.identity) ?? (state.scope == nil)
            if isMeant { formerWorkloads.append(index) }
        } else {
            strangers[foldedASCII(account.name)] = index
        }
    }

    private mutating func read(_ membership: Membership, _ index: Int) {
        if let tenants = state.tenants, !tenants.covers(slug: membership.group) { return }
        // Members come group by group.
        if membership.group != lastGroup {
            lastGroup = membership.group
            lastSlot = layout.slot(ofSlug: membership.group)
        }
        let slot = lastSlot
        guard slot != nil || owned.contains(membership.group) else { return }
        managedMemberships += 1
        guard let number = state.number(of: membership.identity) else {
            strangerMemberships.append(index)
            return
        }
        guard state.tenants != nil || isInScope(number) else { return }
        if let slot {
            memberships.append(Row(key: packed(slot, number), fact: index))
        } else {
            formerMemberships.append(index)
        }
    }

    private func isInScope(_ number: UInt32) -> Bool {
        guard let scope = state.scope else { return true }
        // Of the workloads, changed tenants' alone have a number.
        if state.tenants != nil, Int(number) >= state.input.roster.states.count { return true }
        let index = scope.partitioningIndex { $0 >= number }
        return index < scope.count && scope[index] == number
    }
}
