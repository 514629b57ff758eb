import AccessModel
import ConnectorKit
import StrictJSON

extension IdentityCenter {
    /// Makes the account be there as it is wanted, whatever is there now.
    func put(_ wanted: Account, before: Fact?, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard !wanted.identity.isForeign else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "an account of others is not Tenure's to change")
        }
        let mine = try await user(of: wanted.identity, operation)
        if settings.users == .verify { return try await verify(wanted, mine, before: before, operation) }
        try UserAttributes.check(wanted, operation)
        var stranger: StoreUser?
        if mine == nil, case .account(let account)? = before, let name = account.identity.foreignName {
            stranger = try await user(foreign: name, operation)
            guard stranger != nil else {
                throw ConnectorError(
                    code: .conflict, operation: operation, message: "the account that was to be taken over is gone")
            }
        }
        if let holder = try await store.user(at: wanted.name, operation), holder.id != (mine ?? stranger)?.id {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message: "the address `\(wanted.name)` is taken by \(mapping.identity(of: holder))")
        }
        if let mine { return try await update(mine, to: wanted, operation) }
        if let stranger { return try await update(stranger, to: wanted, operation) }
        if before != nil {
            guard wanted.state == .disabled else {
                throw ConnectorError(code: .conflict, operation: operation, message: "the account is gone")
            }
            return receipt(.alreadyHeld, nil, "there is no account any more")
        }
        if let holder = try await store.user(named: wanted.identity.description, operation) {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message: "the user name `\(holder.userName)` is taken by a user that is not Tenure's")
        }
        let attributes = UserAttributes.all(of: wanted, mark: mapping.mark(wanted.state))
        let id = try await store.createUser(attributes, operation)
        return receipt(.applied, id, "created")
    }

    /// What lessens access comes first: memberships, assignments, sessions, and then the mark.
    private func update(
        _ user: StoreUser, to wanted: Account, _ operation: String
    ) async throws(ConnectorError) -> Receipt {
        var notes: [String] = []
        var isChanged = false
        if wanted.state == .disabled {
            notes = try await end(user, isNew: mapping.state(of: user) == .active, operation)
            isChanged = !notes.isEmpty
            if isChanged {
                notes.append(
                    "the service's interface cannot disable a user: it stays, without access, until it is deleted")
            }
        }
        let changes = UserAttributes.changes(of: user, to: wanted, mark: mapping.mark(wanted.state))
        guard !changes.isEmpty else {
            return receipt(
                isChanged ? .applied : .alreadyHeld, user.id,
                isChanged ? notes.joined(separator: "; ") : "no difference")
        }
        let request = try await store.updateUser(user.id, changes, operation)
        return receipt(.applied, request ?? user.id, (["changed"] + notes).joined(separator: "; "))
    }

    func removeAccount(_ account: Account, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard let user = try await user(of: account.identity, operation) else {
            return receipt(.alreadyHeld, nil, "there is no such account")
        }
        let isNew: Bool =
            switch settings.users {
            case .manage: true
            case .verify: try await isStillLetIn(user, operation)
            }
        let notes = try await end(user, isNew: isNew, operation)
        if settings.users == .verify {
            throw ConnectorError(
                code: .missingDependency, operation: operation,
                message: "the identity provider has not deleted the user yet; it holds no membership any more")
        }
        let request = try await store.deleteUser(user.id, operation)
        return receipt(.applied, request ?? user.id, (["deleted"] + notes).joined(separator: "; "))
    }

    // MARK: Users that an identity provider brings

    private func verify(
        _ wanted: Account, _ user: StoreUser?, before: Fact?, _ operation: String
    ) async throws(ConnectorError) -> Receipt {
        guard let user else {
            if wanted.state == .disabled { return receipt(.alreadyHeld, nil, "there is no account") }
            throw ConnectorError(
                code: .missingDependency, operation: operation,
                message: "the identity provider has not brought a user with the external id `\(wanted.identity)` yet")
        }
        var notes: [String] = []
        var isChanged = false
        if wanted.state == .disabled {
            notes = try await end(user, isNew: try await isStillLetIn(user, operation), operation)
            isChanged = !notes.isEmpty
        }
        guard mapping.account(user).satisfies(wanted) else {
            throw ConnectorError(
                code: .missingDependency, operation: operation,
                message: "the identity provider has not brought the change yet"
                    + (notes.isEmpty ? "" : "; until then: " + notes.joined(separator: "; ")))
        }
        return receipt(
            isChanged ? .applied : .alreadyHeld, user.id,
            isChanged ? notes.joined(separator: "; ") : "the identity provider's user is as it should be")
    }

    // MARK: Looking up

    /// The identity's user; for a foreign one the user of that name, while nobody owns it.
    func user(of identity: IdentityID, _ operation: String) async throws(ConnectorError) -> StoreUser? {
        if let name = identity.foreignName { return try await user(foreign: name, operation) }
        guard settings.users == .verify else {
            guard let user = try await store.user(named: identity.description, operation),
                mapping.identity(of: user) == identity
            else { return nil }
            return user
        }
        if let issuer = settings.externalIDIssuer {
            return try await store.user(externalID: identity.description, issuer: issuer, operation)
        }
        // Without the issuer there is no question to ask for one.
        return try await store.users(operation).first { mapping.identity(of: $0) == identity }
    }

    private func user(foreign name: String, _ operation: String) async throws(ConnectorError) -> StoreUser? {
        guard let user = try await store.user(named: name, operation), mapping.identity(of: user).isForeign else {
            return nil
        }
        return user
    }
}

/// A user's attributes as the service wants them.
enum UserAttributes {
    static func check(_ account: Account, _ operation: String) throws(ConnectorError) {
        func refuse(_ what: String) -> ConnectorError {
            ConnectorError(
                code: .invalid, operation: operation, message: "the identity store does not take the \(what) as it is")
        }
        guard account.identity.description.utf8.count <= 128 else { throw refuse("identity's id") }
        guard StoreText.isValid(account.name, maximum: 1_024) else { throw refuse("address") }
        for (text, what) in [
            (account.givenName, "given name"), (account.familyName, "family name"), (account.title, "title"),
        ] {
            guard let text, !text.isEmpty else { continue }
            guard StoreText.isValid(text) else { throw refuse(what) }
        }
    }

    /// Of a new user. The service insists on both names; where there is none the address stands in for it.
    static func all(of account: Account, mark: String) -> JSONValue {
        let name = foldedASCII(account.name)
        var object = JSONObject()
        object["UserName"] = .string(account.identity.description)
        object["Name"] = [
            "GivenName": .string(present(account.givenName) ?? name),
            "FamilyName": .string(present(account.familyName) ?? name),
        ]
        object["DisplayName"] = .string(displayName(account))
        object["Emails"] = [["Value": .string(name), "Type": "work", "Primary": true]]
        object["UserType"] = .string(mark)
        object["Title"] = present(account.title).map(JSONValue.string)
        return .object(object)
    }

    /// What has to change; what the account does not say stays as it is. Paths are written as the service reads them.
    static func changes(of user: StoreUser, to account: Account, mark: String) -> [JSONValue] {
        var changes: [JSONValue] = []
        func set(_ path: String, _ value: JSONValue) {
            changes.append(["AttributePath": .string(path), "AttributeValue": value])
        }
        let id = account.identity.description
        if !user.userName.utf8.elementsEqual(id.utf8) { set("userName", .string(id)) }
        let name = foldedASCII(account.name)
        if user.address.map(foldedASCII) != name {
            // An address changes only as the whole list.
            set("emails", [["value": .string(name), "type": "work", "primary": true]])
        }
        if let given = present(account.givenName), !same(user.givenName, given) {
            set("name.givenName", .string(given))
        }
        if let family = present(account.familyName), !same(user.familyName, family) {
            set("name.familyName", .string(family))
        }
        if account.givenName != nil || account.familyName != nil, !same(user.displayName, displayName(account)) {
            set("displayName", .string(displayName(account)))
        }
        if let title = present(account.title), !same(user.title, title) { set("title", .string(title)) }
        if user.userType != mark { set("userType", .string(mark)) }
        return changes
    }

    private static func displayName(_ account: Account) -> String {
        let words = [present(account.givenName), present(account.familyName)].compactMap { $0 }
        let name = words.isEmpty ? foldedASCII(account.name) : words.joined(separator: " ")
        return StoreText.isValid(name) ? name : foldedASCII(account.name)
    }

    private static func present(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

    private static func same(_ seen: String?, _ wanted: String) -> Bool {
        seen.map { $0.utf8.elementsEqual(wanted.utf8) } ?? false
    }
}
