import AccessModel

/// Where things are in a directory, and by which attributes and classes they are known.
struct DirectoryLayout: Sendable {
    let flavor: DirectoryFlavor
    let people: DistinguishedName
    let groups: DistinguishedName
    /// Where disabled accounts are moved to; nil leaves them where they are.
    let disabled: DistinguishedName?
    let base: DistinguishedName
    /// Holds the immutable id.
    let idAttribute: String
    /// Hold the account's name, all of them alike; the first is what is read.
    let loginAttributes: [String]
    /// Further ones by which an account of others may be known.
    let otherNameAttributes: [String]
    /// The member that keeps a group from being empty where a group may not be; nil where it may.
    let placeholder: DistinguishedName?
    let pageSize: Int

    init(_ settings: LDAPSettings, flavor: DirectoryFlavor) throws(LDAPFailure) {
        self.flavor = flavor
        people = settings.people
        groups = settings.groups
        disabled = settings.disabled
        base = settings.base
        pageSize = settings.pageSize
        let isAD = flavor == .activeDirectory
        guard !isAD || settings.endpoint.isProtected else {
            throw .refused(
                .configuration, "Active Directory needs ldaps:// or `starttls: true`, for it takes passwords")
        }
        // employeeID holds 16 characters at most, an id of HR 64.
        idAttribute = settings.idAttribute ?? "employeeNumber"
        let login = settings.loginAttribute ?? (isAD ? "userPrincipalName" : "mail")
        loginAttributes = login.lowercased() == "mail" ? [login] : [login, "mail"]
        otherNameAttributes = [isAD ? "sAMAccountName" : "uid"].filter { $0.lowercased() != login.lowercased() }
        placeholder = isAD ? nil : settings.placeholder
    }

    /// Where accounts are looked for.
    var peopleBases: [String] {
        guard let disabled, !disabled.isWithin(people) else { return [people.description] }
        return [people.description, disabled.description]
    }

    func holdsPeople(_ name: DistinguishedName) -> Bool {
        name.isWithin(people) || (disabled.map { name.isWithin($0) } ?? false)
    }

    // MARK: People

    var personClasses: [String] {
        switch flavor {
        case .openLDAP: ["top", "person", "organizationalPerson", "inetOrgPerson"]
        case .activeDirectory: ["top", "person", "organizationalPerson", "user"]
        }
    }

    var personFilter: SearchFilter {
        switch flavor {
        case .openLDAP: .equals("objectClass", "inetOrgPerson")
        // Computers are users too, there.
        case .activeDirectory: .and([.equals("objectCategory", "person"), .equals("objectClass", "user")])
        }
    }

    var displayAttribute: String { flavor == .openLDAP ? "cn" : "displayName" }
    var departmentAttribute: String { flavor == .openLDAP ? "departmentNumber" : "department" }
    var stateAttribute: String { flavor == .openLDAP ? "pwdAccountLockedTime" : "userAccountControl" }

    var nameAttributes: [String] { loginAttributes + otherNameAttributes }

    var personAttributes: [String] {
        nameAttributes + [
            idAttribute, "givenName", "sn", "title", departmentAttribute, displayAttribute, stateAttribute,
        ]
    }

    /// The name of an account that Tenure makes: by the immutable id, so that nothing that changes is in it.
    func name(of person: PersonID, isDisabled: Bool) -> DistinguishedName {
        let parent = isDisabled ? disabled ?? people : people
        switch flavor {
        case .activeDirectory: return parent.child([.init("cn", person.text)])
        case .openLDAP:
            let isTaken = loginAttributes.contains { $0.lowercased() == "uid" }
            return parent.child([.init(isTaken ? idAttribute : "uid", person.text)])
        }
    }

    // MARK: Groups

    var groupClasses: [String] { flavor == .openLDAP ? ["top", "groupOfNames"] : ["top", "group"] }

    var groupFilter: SearchFilter { .equals("objectClass", flavor == .openLDAP ? "groupOfNames" : "group") }
}
