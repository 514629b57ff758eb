import AccessModel
import StrictJSON

/// A user of the identity store.
struct StoreUser: Hashable, Sendable {
    struct ExternalID: Hashable, Sendable {
        let issuer: String
        let id: String
    }

    let id: String
    let userName: String
    let address: String?
    let givenName: String?
    let familyName: String?
    let displayName: String?
    let title: String?
    /// Where Tenure marks what is its own.
    let userType: String?
    let isDisabledByStore: Bool
    let externalIDs: [ExternalID]

    /// Nil for a user without an id or a name.
    init?(_ json: JSONValue) {
        guard let id = json["UserId"]?.string, let userName = json["UserName"]?.string else { return nil }
        self.id = id
        self.userName = userName
        let addresses = json["Emails"]?.array ?? []
        address = (addresses.first { $0["Primary"]?.bool == true } ?? addresses.first)?["Value"]?.string
        givenName = json["Name"]?["GivenName"]?.string
        familyName = json["Name"]?["FamilyName"]?.string
        displayName = json["DisplayName"]?.string
        title = json["Title"]?.string
        userType = json["UserType"]?.string
        isDisabledByStore = json["UserStatus"]?.string == "DISABLED"
        externalIDs = (json["ExternalIds"]?.array ?? []).compactMap { entry in
            guard let issuer = entry["Issuer"]?.string, let id = entry["Id"]?.string else { return nil }
            return ExternalID(issuer: issuer, id: id)
        }
    }

    /// What it signs in with, as far as people see it.
    var name: String { address ?? userName }
}

/// How users stand for identities.
struct UserMapping: Sendable {
    let owner: String
    let users: IdentityCenterSettings.Users
    let issuer: String?

    init(_ settings: IdentityCenterSettings) {
        owner = settings.owner
        users = settings.users
        issuer = settings.externalIDIssuer
    }

    private var disabledOwner: String { owner + ":disabled" }

    func mark(_ state: Account.State) -> String { state == .active ? owner : disabledOwner }

    /// Whether Tenure made this user or took it over.
    func isOwn(_ user: StoreUser) -> Bool {
        switch users {
        case .manage: user.userType == owner || user.userType == disabledOwner
        case .verify: carried(by: user) != nil
        }
    }

    func identity(of user: StoreUser) -> IdentityID {
        switch users {
        case .manage:
            guard isOwn(user), let identity = IdentityID(user.userName), !identity.isForeign else { break }
            return identity
        case .verify:
            guard let identity = carried(by: user) else { break }
            return identity
        }
        return .foreign(user.userName)
    }

    private func carried(by user: StoreUser) -> IdentityID? {
        for external in user.externalIDs where issuer == nil || external.issuer == issuer {
            if let identity = IdentityID(external.id), !identity.isForeign { return identity }
        }
        return nil
    }

    func state(of user: StoreUser) -> Account.State {
        if user.isDisabledByStore { return .disabled }
        return users == .manage && user.userType == disabledOwner ? .disabled : .active
    }

    func account(_ user: StoreUser) -> Account {
        Account(
            identity: identity(of: user), name: user.name, state: state(of: user), givenName: user.givenName,
            familyName: user.familyName, title: user.title)
    }
}

extension IdentityID {
    var isForeign: Bool { foreignName != nil }

    var foreignName: String? {
        if case .foreign(let name) = self { name } else { nil }
    }
}
