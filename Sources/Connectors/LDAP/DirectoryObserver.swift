import AccessModel
import ConnectorKit

/// Every account, and every group with all of its members, as they were listed.
struct DirectoryListing: Sendable {
    struct People: Sendable {
        var entries: [PersonEntry] = []
        var end = SearchEnd.complete
    }

    struct Groups: Sendable {
        var entries: [GroupEntry] = []
        var end = SearchEnd.complete
    }

    let people: People
    let groups: Groups
}

/// Reads which facts hold.
struct DirectoryObserver {
    let session: DirectorySession
    private var layout: DirectoryLayout { session.layout }
    private var accounts: AccountReader { AccountReader(session: session) }
    private var groups: GroupReader { GroupReader(session: session) }

    init(session: DirectorySession) { self.session = session }

    // MARK: Everything

    /// All facts of a listing.
    func observation(of listing: DirectoryListing) throws(LDAPFailure) -> Observation {
        var resolver = MemberResolver(listing.people.entries, layout)
        var facts = FactList()
        var unknown = Set<DistinguishedName>()
        var unresolved: [(member: String, group: GroupEntry)] = []
        for group in listing.groups.entries {
            facts.add(group)
            for member in group.members {
                guard case .stranger(let name) = resolver.holder(of: member) else {
                    facts.add(resolver.membership(of: member, in: group))
                    continue
                }
                unresolved.append((member, group))
                if let name { unknown.insert(name) }
            }
        }
        // Members whose accounts were made after the people were listed must not pass for strangers.
        let latecomers = try accounts.find(unknown)
        resolver.add(latecomers)
        for (member, group) in unresolved { facts.add(resolver.membership(of: member, in: group)) }
        facts.add(listing.people.entries + latecomers)
        try facts.findings += policyFinding()
        return facts.observation(listing.people.end.and(listing.groups.end))
    }

    /// OpenLDAP heeds a lock only under a password policy that says so.
    private func policyFinding() throws(LDAPFailure) -> [String] {
        guard layout.flavor == .openLDAP else { return [] }
        guard session.root.hasPasswordPolicy else {
            return ["the server has no ppolicy overlay: accounts cannot be disabled"]
        }
        var isHeeded = false
        let filter = SearchFilter.and([.equals("objectClass", "pwdPolicy"), .equals("pwdLockout", "TRUE")])
        _ = try session.search(under: [layout.base.description], filter, ["1.1"]) { _ in isHeeded = true }
        return isHeeded
            ? [] : ["no password policy with `pwdLockout: TRUE` is seen: disabled accounts may still sign in"]
    }

    // MARK: Only

    /// What is asked for, and no more.
    func observe(
        _ identities: Set<IdentityID>, _ names: Set<String>, _ slugs: Set<String>
    ) throws(LDAPFailure) -> Observation {
        let people = try people(identities, names)
        let asked = try groups.find(slugs)
        var facts = FactList()
        facts.add(people)
        let seen = Set(people.map(\.name))
        let unknown = asked.flatMap(\.members).compactMap { DistinguishedName($0) }.filter { !seen.contains($0) }
        let resolver = MemberResolver(people + (try accounts.find(unknown)), layout)
        for group in asked {
            facts.add(group)
            for member in group.members { facts.add(resolver.membership(of: member, in: group)) }
        }
        let strangers = identities.compactMap { identity in
            if case .foreign(let name) = identity { DistinguishedName(name).map { _ in name } } else { nil }
        }
        let members = people.map(\.dn) + strangers
        for (member, groups) in zip(members, try groups.groups(with: members)) {
            for group in groups { facts.add(resolver.membership(of: member, in: group)) }
        }
        return facts.observation(.complete)
    }

    private func people(
        _ identities: Set<IdentityID>, _ names: Set<String>
    ) throws(LDAPFailure) -> [PersonEntry] {
        let asked = Set(identities.compactMap(\.person))
        var names = names
        for case .foreign(let name) in identities { names.insert(name) }
        let found = try accounts.find(asked, names: names)
        // A person found by name may have a second entry under another.
        let further = try accounts.find(Set(found.compactMap(\.identity.person)).subtracting(asked))
        let all = Dictionary((found + further).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return all.values.sorted { $0.name.key < $1.name.key }
    }
}

/// Facts, each once.
struct FactList {
    private var facts: [Fact] = []
    private var members: [String: Set<IdentityID>] = [:]
    private var groups = Set<String>()
    var findings: [String] = []

    /// All people that there are. Where several entries hold one id, or bear one foreign name, they are one account:
    /// active while any of them is.
    mutating func add(_ people: [PersonEntry]) {
        var first: [IdentityID: Int] = [:]
        first.reserveCapacity(people.count)
        var several: [IdentityID: [PersonEntry]] = [:]
        for (index, entry) in people.enumerated() {
            if let complaint = entry.complaint { findings.append(complaint) }
            guard let earlier = first.updateValue(index, forKey: entry.identity) else { continue }
            several[entry.identity, default: [people[earlier]]].append(entry)
        }
        for entry in people where several[entry.identity] == nil { facts.append(.account(entry.account)) }
        for (identity, entries) in several {
            let sorted = entries.sorted { $0.name.key < $1.name.key }
            let isActive = sorted.contains { $0.account.state == .active }
            facts.append(.account(sorted[0].account(state: isActive ? .active : .disabled)))
            let names = sorted.map { "`\($0.dn)`" }.joined(separator: ", ")
            findings.append("\(sorted.count) entries are `\(identity)`: \(names)")
        }
    }

    mutating func add(_ group: GroupEntry) {
        guard groups.insert(group.slug).inserted else {
            return findings.append("two groups are called `\(group.slug)`; one is `\(group.dn)`")
        }
        facts.append(.group(GroupFact(slug: group.slug, notation: nil)))
    }

    mutating func add(_ membership: Membership?) {
        guard let membership, members[membership.group, default: []].insert(membership.identity).inserted
        else { return }
        facts.append(.membership(membership))
    }

    func observation(_ end: SearchEnd) -> Observation {
        let completeness: Observation.Completeness =
            switch end {
            case .complete: .complete
            case .partial(let reason): .partial(reason: reason)
            }
        return Observation(facts: facts, completeness: completeness, findings: findings.sorted())
    }
}
