import AccessModel
import StrictJSON

/// A user as the service shows it.
struct SCIMUser: Hashable, Sendable {
    let id: String
    let externalID: String?
    let userName: String
    let isActive: Bool
    let givenName: String?
    let familyName: String?
    let department: String?
    let title: String?
    let hasWorkEmail: Bool
    /// What the service offers for `If-Match`.
    let version: String?

    static let attributes = [
        "id", "externalId", "userName", "active", "name", "emails", "title", SCIMSchema.enterprise + ":department",
        "meta",
    ]

    /// Nil when the resource lacks what every user must have.
    init?(_ value: JSONValue) {
        guard let id = value.attribute("id")?.string, !id.isEmpty, let userName = value.attribute("userName")?.string
        else { return nil }
        self.id = id
        self.userName = userName
        externalID = value.attribute("externalId")?.string
        // Left out, it says nothing of the account being off.
        isActive = value.attribute("active")?.bool ?? true
        givenName = value.attribute("name")?.attribute("givenName")?.string
        familyName = value.attribute("name")?.attribute("familyName")?.string
        department = value.attribute(SCIMSchema.enterprise)?.attribute("department")?.string
        title = value.attribute("title")?.string
        hasWorkEmail = (value.attribute("emails")?.array ?? []).contains {
            $0.attribute("type")?.string?.lowercased() == "work"
        }
        version = value.attribute("meta")?.attribute("version")?.string
    }

    /// Whose account it is, by its `externalId` alone.
    var identity: IdentityID {
        switch externalID.flatMap({ IdentityID($0) }) {
        case .person(let id): .person(id)
        case .workload(let tenant, let tier, let name): .workload(tenant: tenant, tier: tier, name: name)
        case .foreign, nil: .foreign(userName)
        }
    }

    var account: Account { account(of: identity) }

    func account(of identity: IdentityID) -> Account {
        Account(
            identity: identity, name: userName, state: isActive ? .active : .disabled, givenName: givenName,
            familyName: familyName, department: department, title: title)
    }

    func bears(_ name: String) -> Bool { userName.lowercased() == name.lowercased() }

    // MARK: Writing

    /// The resource to create for an account.
    static func resource(for account: Account) -> JSONValue {
        var user = JSONObject()
        var schemas: [JSONValue] = [.string(SCIMSchema.user)]
        user["externalId"] = .string(account.identity.description)
        user["userName"] = .string(account.name)
        user["active"] = .bool(account.state == .active)
        var name = JSONObject()
        name["givenName"] = account.givenName.map(JSONValue.string)
        name["familyName"] = account.familyName.map(JSONValue.string)
        if !name.members.isEmpty { user["name"] = .object(name) }
        user["title"] = account.title.map(JSONValue.string)
        if EmailAddress(account.name) != nil { user["emails"] = [workEmail(account.name)] }
        if let department = account.department {
            schemas.append(.string(SCIMSchema.enterprise))
            user[SCIMSchema.enterprise] = ["department": .string(department)]
        }
        user["schemas"] = .array(schemas)
        return .object(user)
    }

    /// What differs from the account that is wanted; attributes that it leaves nil stay.
    func patch(to wanted: Account) -> SCIMPatch {
        var patch = SCIMPatch()
        if externalID != wanted.identity.description {
            patch.replace("externalId", with: .string(wanted.identity.description))
        }
        if isActive != (wanted.state == .active) {
            patch.replace("active", with: .bool(wanted.state == .active))
        }
        if !bears(wanted.name) {
            patch.replace("userName", with: .string(wanted.name))
            if hasWorkEmail {
                let path = SCIMFilter.path("emails", where: .equals("type", "work"))
                patch.replace("\(path).value", with: .string(wanted.name))
            } else if EmailAddress(wanted.name) != nil {
                patch.add("emails", [Self.workEmail(wanted.name)])
            }
        }
        for (path, seen, value) in [
            ("name.givenName", givenName, wanted.givenName), ("name.familyName", familyName, wanted.familyName),
            ("title", title, wanted.title), (SCIMSchema.enterprise + ":department", department, wanted.department),
        ] {
            // An empty text and none are one to many services, and would be a difference for ever.
            guard let value, !Self.isSame(seen ?? "", value) else { continue }
            patch.replace(path, with: .string(value))
        }
        return patch
    }

    private static func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    private static func workEmail(_ address: String) -> JSONValue {
        ["value": .string(address), "type": "work", "primary": true]
    }
}
