import AccessModel
import ConnectorKit

/// What a directory holds, as indexes; a value that ``DirectoryEntry``s change.
struct DirectoryContents: Sendable {
    private var accounts: [IdentityID: Account] = [:]
    /// Account names in lower case.
    private var names: [String: IdentityID] = [:]
    private var groups: [String: GroupFact] = [:]
    /// Group -> identity -> membership.
    private var members: [String: [IdentityID: Membership]] = [:]
    private var groupsOf: [IdentityID: Set<String>] = [:]
    /// Role assignments and trusts: group -> key -> fact.
    private var bindings: [String: [String: Fact]] = [:]

    var accountCount: Int { accounts.count }

    /// How many facts there are.
    var count: Int {
        accounts.count + groups.count + members.values.reduce(0) { $0 + $1.count }
            + bindings.values.reduce(0) { $0 + $1.count }
    }

    func account(of identity: IdentityID) -> Account? { accounts[identity] }

    func account(named name: String) -> Account? { names[name.lowercased()].flatMap { accounts[$0] } }

    func hasGroup(_ slug: String) -> Bool { groups[slug] != nil }

    /// Whether it is there, in whatever state.
    func contains(_ fact: Fact) -> Bool {
        switch fact {
        case .account(let account): accounts[account.identity] != nil
        case .group(let group): groups[group.slug] != nil
        case .membership(let membership): members[membership.group]?[membership.identity] != nil
        case .roleAssignment(let binding): bindings[binding.group]?[fact.key] != nil
        case .federatedTrust(let binding): bindings[binding.group]?[fact.key] != nil
        case .eligibility, .credential, .session: false
        }
    }

    // MARK: Changing

    /// Carries an entry out. It can be carried out twice.
    mutating func execute(_ entry: DirectoryEntry) {
        switch entry {
        case .put(let fact): put(fact)
        case .delete(let fact): delete(fact)
        case .takeOver(let foreign, let account): takeOver(foreign, as: account)
        }
    }

    private mutating func put(_ fact: Fact) {
        switch fact {
        case .account(let account):
            if let old = accounts[account.identity] { names[old.name.lowercased()] = nil }
            accounts[account.identity] = account
            names[account.name.lowercased()] = account.identity
        case .group(let group): groups[group.slug] = group
        case .membership(let membership):
            members[membership.group, default: [:]][membership.identity] = membership
            groupsOf[membership.identity, default: []].insert(membership.group)
        case .roleAssignment(let binding): bindings[binding.group, default: [:]][fact.key] = fact
        case .federatedTrust(let binding): bindings[binding.group, default: [:]][fact.key] = fact
        case .eligibility, .credential, .session: break
        }
    }

    private mutating func delete(_ fact: Fact) {
        switch fact {
        case .account(let account):
            guard let old = accounts.removeValue(forKey: account.identity) else { return }
            names[old.name.lowercased()] = nil
            for group in groupsOf.removeValue(forKey: account.identity) ?? [] {
                members[group]?[account.identity] = nil
            }
        case .group(let group):
            groups[group.slug] = nil
            bindings[group.slug] = nil
            for identity in (members.removeValue(forKey: group.slug) ?? [:]).keys {
                groupsOf[identity]?.remove(group.slug)
            }
        case .membership(let membership):
            members[membership.group]?[membership.identity] = nil
            groupsOf[membership.identity]?.remove(membership.group)
        case .roleAssignment(let binding): bindings[binding.group]?[fact.key] = nil
        case .federatedTrust(let binding): bindings[binding.group]?[fact.key] = nil
        case .eligibility, .credential, .session: break
        }
    }

    /// The account becomes somebody's, and its memberships with it.
    private mutating func takeOver(_ foreign: IdentityID, as account: Account) {
        let groups = groupsOf[foreign] ?? []
        let old = groups.compactMap { members[$0]?[foreign] }
        if let stranger = accounts[foreign] { delete(.account(stranger)) }
        put(.account(account))
        for membership in old {
            put(
                .membership(
                    Membership(
                        group: membership.group, notation: membership.notation, identity: account.identity,
                        account: account.name)))
        }
    }

    // MARK: Reading

    /// What holds in the scope, in the order of keys.
    func facts(in scope: ObservationScope) -> [Fact] {
        var facts: [Fact] = []
        switch scope {
        case .everything:
            facts.reserveCapacity(count)
            facts += accounts.values.map { .account($0) }
            for slug in Set(groups.keys).union(members.keys).union(bindings.keys) { append(group: slug, to: &facts) }
        case .only(var identities, let accountNames, let groups):
            identities.formUnion(accountNames.compactMap { names[$0.lowercased()] })
            for identity in identities {
                if let account = accounts[identity] { facts.append(.account(account)) }
                for group in groupsOf[identity] ?? [] where !groups.contains(group) {
                    if let membership = members[group]?[identity] { facts.append(fact(membership)) }
                }
            }
            for group in groups { append(group: group, to: &facts) }
        }
        return facts.map { ($0.key, $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func append(group slug: String, to facts: inout [Fact]) {
        if let group = groups[slug] { facts.append(.group(group)) }
        facts += (members[slug] ?? [:]).values.map(fact)
        facts += (bindings[slug] ?? [:]).values
    }

    /// A membership under the name that the account has now.
    private func fact(_ membership: Membership) -> Fact {
        .membership(
            Membership(
                group: membership.group, notation: membership.notation, identity: membership.identity,
                account: accounts[membership.identity]?.name ?? membership.account))
    }
}
