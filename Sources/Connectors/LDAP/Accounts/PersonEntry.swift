import AccessModel

/// An account as the directory holds it.
struct PersonEntry: Sendable {
    let dn: String
    let name: DistinguishedName
    let identity: IdentityID
    let account: Account
    /// What would be wrong with its id, for a finding.
    let complaint: String?
    let attributes: DirectoryEntry

    /// Nil for a name that cannot be parsed.
    init?(_ entry: DirectoryEntry, _ layout: DirectoryLayout) {
        guard let name = DistinguishedName(entry.dn) else { return nil }
        dn = entry.dn
        self.name = name
        attributes = entry
        let shown = layout.nameAttributes.lazy.compactMap { entry.text($0) }.first ?? entry.dn
        let ids = entry.values(layout.idAttribute)
        let person = ids.count == 1 ? entry.text(layout.idAttribute).flatMap { PersonID($0) } : nil
        identity = person.map(IdentityID.person) ?? .foreign(shown)
        complaint =
            ids.isEmpty || person != nil
            ? nil : "`\(entry.dn)` holds no valid id in `\(layout.idAttribute)`; it is taken as foreign"
        account = Account(
            identity: identity, name: shown, state: Self.state(entry, layout),
            givenName: entry.text("givenName") ?? "", familyName: Self.familyName(entry, person),
            department: entry.text(layout.departmentAttribute) ?? "", title: entry.text("title") ?? "")
    }

    /// The same entry with the state that all entries of its identity have together.
    func account(state: Account.State) -> Account {
        var account = account
        account.state = state
        return account
    }

    private static func state(_ entry: DirectoryEntry, _ layout: DirectoryLayout) -> Account.State {
        switch layout.flavor {
        case .openLDAP: entry.text(layout.stateAttribute) == lockedForGood ? .disabled : .active
        case .activeDirectory: (userAccountControl(entry) ?? 0) & accountDisabled != 0 ? .disabled : .active
        }
    }

    /// The schema wants a family name of everyone; whose is not known bears the id in its place.
    private static func familyName(_ entry: DirectoryEntry, _ person: PersonID?) -> String {
        let text = entry.text("sn") ?? ""
        return text == person?.text ? "" : text
    }

    /// The time that the password policy's draft keeps for "until an administrator unlocks it". Any other time is a
    /// lock after wrong passwords that passes by itself.
    static let lockedForGood = "000001010000Z"
    static let accountDisabled: Int64 = 2
    static let normalAccount: Int64 = 512

    static func userAccountControl(_ entry: DirectoryEntry) -> Int64? {
        entry.text("userAccountControl").flatMap(Int64.init)
    }
}
