import AccessModel

/// Whose entry a member of a group is.
struct MemberResolver {
    private var known: [DistinguishedName: Account] = [:]

    /// Knows these accounts.
    init(_ people: some Sequence<PersonEntry>) {
        for entry in people { known[entry.name] = entry.account }
    }

    /// Looks up the accounts of these members.
    init(resolving members: [String], _ reader: AccountReader) throws(LDAPFailure) {
        self.init(try reader.find(members.compactMap { DistinguishedName($0) }))
    }

    mutating func add(_ account: Account, _ name: DistinguishedName) { known[name] = account }

    /// The account of a member; one that is no account here is known by its distinguished name.
    func resolve(_ member: String) -> Account {
        if let name = DistinguishedName(member), let account = known[name] { return account }
        return Account(identity: .foreign(member), name: member, state: .active)
    }

    func membership(of member: String, in group: GroupEntry) -> Fact {
        let account = resolve(member)
        return .membership(
            Membership(group: group.slug, notation: nil, identity: account.identity, account: account.name))
    }
}
