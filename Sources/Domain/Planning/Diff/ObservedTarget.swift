import AccessModel

/// What was seen in one target, numbered as the desired state is, so that the two can be walked side by side.
struct ObservedTarget {
    typealias Row = KeyedRows<Int>.Row

    /// By identity; one each. The values are places in the observation's facts.
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
    /// Keys, passwords and sessions of people who are not active.
    private(set) var leftovers: [Int] = []
    /// Keys and secrets of workloads that count.
    private(set) var workloadCredentials: [IdentityID: [Int]] = [:]
    /// Of people who are active and have moved.
    private(set) var moversCredentials: [Int] = []
    private(set) var managedMemberships = 0

    private let state: DesiredState
    private let layout: TargetLayout
    private let owned: Set<String>
    private var accountRows = KeyedRows<Int>()
    private var membershipRows = KeyedRows<Int>()
    private var expectedAccounts: ExpectedIdentities
    private var expectedMembers: ExpectedIdentities
    /// The group of the membership that was read last.
    private var lastGroup = Seen(slug: "", slot: nil, isMeant: false)

    private struct Seen {
        let slug: String
        let slot: UInt32?
        /// Whether the plan is about it, and Tenure manages it.
        let isMeant: Bool
    }

    init(_ facts: [Fact], state: DesiredState, number: Int) {
        self.state = state
        layout = state.index.layouts[number]
        owned = state.input.recorded.ownedGroups[layout.target.name] ?? []
        expectedAccounts = ExpectedIdentities(state, state.tables[number].accounts.keys)
        expectedMembers = ExpectedIdentities(state, state.tables[number].memberships.keys)
        expectedAccounts.expect(group: 0)
        facts.withUnsafeBufferPointer { facts in
            guard let first = facts.baseAddress else { return }
            for index in facts.indices where !isExpected(first + index, index) { read(facts[index], index) }
        }
        accounts = Self.unique(&accountRows) { left, right in
            // Of two accounts of one person the active one is dealt with first.
            Self.isActive(facts[left]) && !Self.isActive(facts[right])
        }
        memberships = Self.unique(&membershipRows) { $0 < $1 }
    }

    private static func isActive(_ fact: Fact) -> Bool {
        if case .account(let account) = fact { account.state == .active } else { false }
    }

    private static func unique(_ rows: inout KeyedRows<Int>, by isFirst: (Int, Int) -> Bool) -> [Row] {
        rows.sort(by: isFirst)
        let elements = rows.elements
        rows = KeyedRows()
        guard zip(elements, elements.dropFirst()).contains(where: { $0.key == $1.key }) else { return elements }
        var unique: [Row] = []
        unique.reserveCapacity(elements.count)
        for row in elements where unique.last?.key != row.key { unique.append(row) }
        return unique
    }

    /// Whether a fact is what should come next; then it is taken.
    private mutating func isExpected(_ fact: UnsafePointer<Fact>, _ index: Int) -> Bool {
        if lastGroup.isMeant, let slot = lastGroup.slot, let number = expectedMembers.next(fact, in: lastGroup.slug) {
            managedMemberships += 1
            membershipRows.append(packed(slot, number), index)
        } else if let number = expectedAccounts.next(fact, in: nil) {
            accountRows.append(UInt64(number), index)
        } else {
            return false
        }
        return true
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
        case .credential, .session:
            if isLeftover(fact) {
                leftovers.append(index)
            } else if fact.kind == .credential, case .workload = fact.identity, let identity = fact.identity {
                workloadCredentials[identity, default: []].append(index)
            } else if fact.kind == .credential, isMovers(fact) {
                moversCredentials.append(index)
            }
        case .group, .eligibility: break
        }
    }

    /// Nobody is given one by a plan; somebody who is not active is left none, nor is a workload whose
    /// time is over, or which no definition has.
    private func isLeftover(_ fact: Fact) -> Bool {
        if case .workload = fact.identity, let identity = fact.identity {
            guard state.tenants == nil, state.scope == nil else { return false }
            return state.workload(identity).map { $0.isOver(at: state.input.now) } ?? true
        }
        guard state.tenants == nil, let number = fact.identity.flatMap({ state.number(of: $0) }) else { return false }
        return state.isPerson(number) && !state.isActive(number) && isInScope(number)
    }

    private func isMovers(_ fact: Fact) -> Bool {
        guard state.tenants == nil, let number = fact.identity.flatMap({ state.number(of: $0) }) else { return false }
        return state.isActive(number) && isInScope(number) && !state.input.roster.states[Int(number)].moves.isEmpty
    }

    private mutating func read(_ account: Account, _ index: Int) {
        if let number = expectedAccounts.number(of: account.identity) {
            if isInScope(number) { accountRows.append(UInt64(number), index) }
        } else if case .workload = account.identity {
            let isMeant = state.tenants?.covers(workload: account.identity) ?? (state.scope == nil)
            if isMeant { formerWorkloads.append(index) }
        } else {
            strangers[foldedASCII(account.name)] = index
        }
    }

    private mutating func read(_ membership: Membership, _ index: Int) {
        // Members come group by group.
        if membership.group != lastGroup.slug { begin(membership.group) }
        guard lastGroup.isMeant else { return }
        managedMemberships += 1
        guard let number = expectedMembers.number(of: membership.identity) else {
            strangerMemberships.append(index)
            return
        }
        guard state.tenants != nil || isInScope(number) else { return }
        if let slot = lastGroup.slot {
            membershipRows.append(packed(slot, number), index)
        } else {
            formerMemberships.append(index)
        }
    }

    private mutating func begin(_ slug: String) {
        let slot = layout.slot(ofSlug: slug)
        let isMeant = (slot != nil || owned.contains(slug)) && state.tenants?.covers(slug: slug) ?? true
        lastGroup = Seen(slug: slug, slot: slot, isMeant: isMeant)
        expectedMembers.expect(group: slot)
    }

    private func isInScope(_ number: UInt32) -> Bool {
        guard let scope = state.scope else { return true }
        // Of the workloads, changed tenants' alone have a number.
        if state.tenants != nil, Int(number) >= state.input.roster.states.count { return true }
        let index = scope.partitioningIndex { $0 >= number }
        return index < scope.count && scope[index] == number
    }
}
