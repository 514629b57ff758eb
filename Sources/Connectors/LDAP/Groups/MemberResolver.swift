import AccessModel

/// Whose entry a member of a group is.
struct MemberResolver {
    enum Holder {
        case account(Account)
        /// No account here; where its name can be parsed, one that was made lately may bear it.
        case stranger(DistinguishedName?)
        /// What keeps a group from being empty.
        case placeholder
    }

    private let placeholder: DistinguishedName?
    private let placeholderText: String?
    /// By their names as the server writes them. Groups nearly always hold the same bytes, so that few members have to
    /// be taken apart.
    private var spelt: [String: Account] = [:]
    private var known: [DistinguishedName: Account] = [:]

    init(_ people: [PersonEntry], _ layout: DirectoryLayout) {
        placeholder = layout.placeholder
        placeholderText = placeholder?.description
        spelt.reserveCapacity(people.count)
        known.reserveCapacity(people.count)
        add(people)
    }

    mutating func add(_ people: [PersonEntry]) {
        for entry in people where entry.name != placeholder {
            spelt[entry.dn] = entry.account
            known[entry.name] = entry.account
        }
    }

    func holder(of member: String) -> Holder {
        if let account = spelt[member] { return .account(account) }
        if member == placeholderText { return .placeholder }
        guard let name = DistinguishedName(member) else { return .stranger(nil) }
        if name == placeholder { return .placeholder }
        return known[name].map(Holder.account) ?? .stranger(name)
    }

    /// The membership of whoever the member is, a stranger by its distinguished name; nil for the placeholder.
    func membership(of member: String, in group: GroupEntry) -> Membership? {
        switch holder(of: member) {
        case .account(let account):
            Membership(group: group.slug, notation: nil, identity: account.identity, account: account.name)
        case .stranger:
            Membership(group: group.slug, notation: nil, identity: .foreign(member), account: member)
        case .placeholder: nil
        }
    }
}
