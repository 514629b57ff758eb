import AccessModel
import ConnectorKit
import StrictJSON

extension SCIMServiceProvider {
    /// Makes the account be there as it is wanted, whatever is there now.
    func put(_ wanted: Account, before: Fact?, _ operation: String) async throws(ConnectorError) -> Receipt {
        if case .foreign = wanted.identity {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "an account of others is not Tenure's to change")
        }
        var foreignName: String?
        if case .account(let account)? = before, case .foreign = account.identity { foreignName = account.name }
        let users = try await users(
            of: wanted.identity, named: [wanted.name] + (foreignName.map { [$0] } ?? []), operation)
        let mine = users.filter { $0.identity == wanted.identity }
        if let holder = users.first(where: { $0.bears(wanted.name) && $0.identity != wanted.identity }),
            !mine.isEmpty || foreignName == nil || !holder.isForeign
        {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message: "the name `\(wanted.name)` is taken by \(holder.identity)")
        }
        if !mine.isEmpty { return try await update(mine, to: wanted, operation) }
        if let foreignName {
            guard let stranger = users.first(where: { $0.bears(foreignName) && $0.isForeign }) else {
                throw ConnectorError(
                    code: .conflict, operation: operation, message: "the account that was to be taken over is gone")
            }
            return try await update([stranger], to: wanted, operation)
        }
        if before != nil {
            guard wanted.state == .disabled else {
                throw ConnectorError(code: .conflict, operation: operation, message: "the account is gone")
            }
            return receipt(.alreadyHeld, nil, "there is no account any more")
        }
        let id = try await client.create(.users, SCIMUser.resource(for: wanted), operation: operation)
        return receipt(.applied, id, "created")
    }

    /// Where several users bear one identity, the first is the account, and all of them are disabled with it.
    private func update(
        _ users: [SCIMUser], to wanted: Account, _ operation: String
    ) async throws(ConnectorError) -> Receipt {
        var changed: String?
        for (index, user) in users.enumerated() {
            var patch = SCIMPatch()
            if index == 0 {
                patch = user.patch(to: wanted)
            } else if wanted.state == .disabled && user.isActive {
                patch.replace("active", with: false)
            }
            guard !patch.isEmpty else { continue }
            let response = try await client.patch(
                .users, user.id, patch, version: user.version, operation: operation)
            changed = response.requestID ?? user.id
        }
        return changed.map { receipt(.applied, $0, "changed") }
            ?? receipt(.alreadyHeld, users.first?.id, "no difference")
    }

    func removeAccount(_ account: Account, _ operation: String) async throws(ConnectorError) -> Receipt {
        let users = try await users(holding: account, operation)
        var receipt = receipt(.alreadyHeld, nil, "there is no such account")
        for user in users {
            let response = try await client.delete(.users, user.id, version: user.version, operation: operation)
            if response.status < 300 { receipt = self.receipt(.applied, response.requestID ?? user.id, "deleted") }
        }
        return receipt
    }

    // MARK: Looking up

    /// The users that are an account: of its identity, or, for a foreign one, of its name while nobody owns it.
    func users(holding account: Account, _ operation: String) async throws(ConnectorError) -> [SCIMUser] {
        try await users(of: account.identity, named: [account.name], operation)
            .filter { $0.identity == account.identity }
    }

    /// Users of the identity or of one of the names, in the order of their ids.
    func users(
        of identity: IdentityID, named names: [String], _ operation: String
    ) async throws(ConnectorError) -> [SCIMUser] {
        var filters = names.map { SCIMFilter.equals("userName", $0) }
        if identity.foreignName == nil { filters.append(.equals("externalId", identity.description)) }
        return try await users(where: filters, operation) { user in
            user.identity == identity || names.contains(where: user.bears)
        }
    }

    /// The users that match one of the filters. What a service sends beyond them is sorted out here.
    func users(
        where filters: [SCIMFilter], _ operation: String, _ matches: (SCIMUser) -> Bool
    ) async throws(ConnectorError) -> [SCIMUser] {
        let resources = try await client.listAll(
            .users, filter: .any(of: filters), attributes: SCIMUser.attributes, operation: operation)
        return try Self.users(resources, operation).filter(matches).sorted { $0.id < $1.id }
    }

    static func users(_ resources: [JSONValue], _ operation: String) throws(ConnectorError) -> [SCIMUser] {
        var users: [SCIMUser] = []
        users.reserveCapacity(resources.count)
        for resource in resources {
            guard let user = SCIMUser(resource) else {
                throw ConnectorError(
                    code: .incomplete, operation: operation, message: "a user came without `id` or `userName`")
            }
            users.append(user)
        }
        return users
    }
}

extension SCIMUser {
    var isForeign: Bool { identity.foreignName != nil }
}

extension IdentityID {
    var foreignName: String? {
        if case .foreign(let name) = self { name } else { nil }
    }
}
