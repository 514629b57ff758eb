import AccessModel
import ConnectorKit

/// Reads which facts hold.
struct DirectoryObserver {
    let session: DirectorySession
    private var layout: DirectoryLayout { session.layout }
    private var accounts: AccountReader { AccountReader(session: session) }
    private var groups: GroupReader { GroupReader(session: session) }

    func observe(_ scope: ObservationScope) throws(LDAPFailure) -> Observation {
        switch scope {
        case .everything: try everything()
        case .only(let identities, let names, let groups):
            try only(identities, names, groups)
        }
    }

    // MARK: Everything

    private func everything() throws(LDAPFailure) -> Observation {
        var people: [PersonEntry] = []
        let peopleEnd = try accounts.everyone { people.append($0) }
        let (found, groupsEnd) = try groups.all()
        people += try latecomers(found, people)
        let resolver = MemberResolver(people)
        var facts = FactList()
        facts.add(people)
        for group in found {
            facts.add(group)
            for member in group.members { facts.add(resolver.membership(of: member, in: group)) }
        }
        try facts.findings += policyFinding()
        return facts.observation(peopleEnd.and(groupsEnd))
    }

    /// Members whose accounts were made after the people were listed; they must not pass for strangers.
    private func latecomers(_ groups: [GroupEntry], _ people: [PersonEntry]) throws(LDAPFailure) -> [PersonEntry] {
        let known = Set(people.map(\.name))
        let unknown = Set(groups.flatMap(\.members).compactMap { DistinguishedName($0) }).subtracting(known)
        return try accounts.find(unknown)
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

    private func only(
        _ identities: Set<IdentityID>, _ names: Set<String>, _ slugs: Set<String>
    ) throws(LDAPFailure) -> Observation {
        var people: [DistinguishedName: PersonEntry] = [:]
        for entry in try accounts.find(identities.compactMap(\.person)) { people[entry.name] = entry }
        var wantedNames = names
        for case .foreign(let name) in identities { wantedNames.insert(name) }
        for entry in try accounts.find(names: wantedNames) { people[entry.name] = entry }
        // A person found by name may have a second entry under another.
        for entry in try accounts.find(people.values.compactMap(\.identity.person)) { people[entry.name] = entry }

        let asked = try groups.find(slugs)
        var facts = FactList()
        let sorted = people.values.sorted { $0.name.key < $1.name.key }
        facts.add(sorted)
        let unknown = asked.flatMap(\.members).compactMap { DistinguishedName($0) }.filter { people[$0] == nil }
        var resolver = MemberResolver(try accounts.find(unknown))
        for entry in sorted { resolver.add(entry.account, entry.name) }
        for group in asked {
            facts.add(group)
            for member in group.members { facts.add(resolver.membership(of: member, in: group)) }
        }
        let strangers = identities.compactMap { identity in
            if case .foreign(let name) = identity { DistinguishedName(name).map { _ in name } } else { nil }
        }
        for dn in sorted.map(\.dn) + strangers {
            for group in try groups.groups(with: dn) { facts.add(resolver.membership(of: dn, in: group)) }
        }
        return facts.observation(.complete)
    }
}

/// Facts, each once.
struct FactList {
    private var facts: [Fact] = []
    private var keys = Set<String>()
    var findings: [String] = []

    /// Where several entries hold one id, or bear one foreign name, they are one account: active while any of them is.
    mutating func add(_ people: [PersonEntry]) {
        for entry in people { if let complaint = entry.complaint { findings.append(complaint) } }
        for (_, entries) in Dictionary(grouping: people, by: \.identity) {
            let sorted = entries.sorted { $0.name.key < $1.name.key }
            let isActive = sorted.contains { $0.account.state == .active }
            add(.account(sorted[0].account(state: isActive ? .active : .disabled)))
            guard sorted.count > 1 else { continue }
            let names = sorted.map { "`\($0.dn)`" }.joined(separator: ", ")
            findings.append("\(sorted.count) entries are `\(sorted[0].identity)`: \(names)")
        }
    }

    mutating func add(_ group: GroupEntry) {
        let fact = Fact.group(GroupFact(slug: group.slug, notation: nil))
        if keys.contains(fact.key) { findings.append("two groups are called `\(group.slug)`; one is `\(group.dn)`") }
        add(fact)
    }

    mutating func add(_ fact: Fact) {
        if keys.insert(fact.key).inserted { facts.append(fact) }
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
