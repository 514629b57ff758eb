import AccessModel
import ConnectorKit
import StrictJSON

extension VaultServer {
    /// Makes the account as it is wanted. A disabled one has no token and none of the leases that are revoked by prefix.
    func put(_ account: Account, before: Fact?, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard account.identity.isOwned else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "an account of nobody's is never made or changed")
        }
        let login = account.name.lowercased()
        guard !login.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "a name with a control character has no place here")
        }
        return try await turnstile.pass("account \(account.identity)") { () throws(ConnectorError) in
            try await bring(account, login, before, operation)
        }
    }

    private func bring(
        _ account: Account, _ login: String, _ before: Fact?, _ operation: String
    ) async throws(ConnectorError) -> Receipt {
        var isChanged = false
        let entity: VaultEntity
        if let found = try await find(account, login, before, operation) {
            (entity, isChanged) = (found.entity, found.isTaken)
        } else {
            try await store.makeEntity(
                named: marks.entityName(account.identity), marks.metadata(account.identity), operation)
            guard let made = try await store.entity(named: marks.entityName(account.identity), operation) else {
                throw ConnectorError(
                    code: .targetFailure, operation: operation, message: "the entity that was made is not there")
            }
            (entity, isChanged) = (made, true)
        }
        if account.state == .disabled, !entity.isDisabled {
            try await store.update(entity: entity.id, ["disabled": true], operation)
            isChanged = true
        }
        if try await bear(login, entity, operation) { isChanged = true }
        if account.state == .active, entity.isDisabled {
            try await store.update(entity: entity.id, ["disabled": false], operation)
            isChanged = true
        }
        guard account.state == .disabled else { return receipt(isChanged ? .applied : .alreadyHeld) }
        let cut = try await cutOff(entity, account, operation)
        return receipt(isChanged || cut.tokens > 0 ? .applied : .alreadyHeld, cut.note)
    }

    private struct Found: Sendable {
        let entity: VaultEntity
        /// Whether it was a stranger's until now.
        let isTaken: Bool
    }

    /// The identity's entity, or the stranger's that the change takes over; nil where one is to be made.
    private func find(
        _ account: Account, _ login: String, _ before: Fact?, _ operation: String
    ) async throws(ConnectorError) -> Found? {
        let name = marks.entityName(account.identity)
        let own = try await store.entity(named: name, operation)
        if let own, marks.identity(of: own) != account.identity {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message: "there is an entity `\(name)` that is not \(account.identity)'s")
        }
        var holder = try await store.entity(alias: login, on: settings.loginAccessor, operation)
        if holder == nil { holder = try await store.entity(named: login, operation) }
        guard let holder, holder.id != own?.id else { return own.map { Found(entity: $0, isTaken: false) } }
        guard own == nil, case .foreign(let stranger) = marks.identity(of: holder), case .account(let seen)? = before,
            seen.identity == .foreign(stranger)
        else {
            throw ConnectorError(
                code: .conflict, operation: operation,
                message: "`\(login)` is how another entity signs in, or is called")
        }
        let metadata = holder.metadata.merging(marks.metadata(account.identity)) { $1 }
        try await store.update(
            entity: holder.id, ["name": .string(name), "metadata": IdentityStore.json(metadata)], operation)
        return Found(entity: holder, isTaken: true)
    }

    /// Makes the entity sign in by the name. Looks once more: two may take one name at the same time, and then the alias
    /// is the later one's.
    private func bear(_ login: String, _ entity: VaultEntity, _ operation: String) async throws(ConnectorError) -> Bool
    {
        let alias = entity.alias(on: settings.loginAccessor)
        guard alias?.name != login else { return false }
        if let alias {
            try await store.rename(alias: alias, of: entity.id, to: login, operation)
        } else {
            try await store.makeAlias(login, on: settings.loginAccessor, of: entity.id, operation)
        }
        guard try await store.entity(alias: login, on: settings.loginAccessor, operation)?.id == entity.id else {
            throw ConnectorError(
                code: .conflict, operation: operation, message: "`\(login)` is how another entity signs in meanwhile")
        }
        return true
    }

    /// Disables the entity, ends what it can sign in with, and deletes it with its memberships.
    func remove(_ account: Account, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard account.identity.isOwned else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "an entity that is not Tenure's is never deleted")
        }
        return try await turnstile.pass("account \(account.identity)") { () throws(ConnectorError) in
            let found = try await store.entity(named: marks.entityName(account.identity), operation)
            guard let entity = found, marks.identity(of: entity) == account.identity else {
                return receipt(.alreadyHeld, "there is no entity of \(account.identity)")
            }
            if !entity.isDisabled { try await store.update(entity: entity.id, ["disabled": true], operation) }
            let cut = try await cutOff(entity, account, operation)
            try await store.deleteEntity(entity.id, operation)
            return receipt(.applied, cut.note)
        }
    }

    private struct CutOff: Sendable {
        var tokens = 0
        var note = ""
    }

    /// Revokes tokens, with the leases that hang on them, and leases by prefix.
    private func cutOff(
        _ entity: VaultEntity, _ account: Account, _ operation: String
    ) async throws(ConnectorError) -> CutOff {
        var cut = CutOff()
        if settings.credentials.tokens == .scan {
            for token in try await tokens(operation) where token.entity == entity.id {
                if try await revoke(token: token.accessor, operation) { cut.tokens += 1 }
            }
            cut.note = "\(cut.tokens) tokens revoked"
        } else {
            cut.note =
                "residual access: leases that tokens of the entity have taken out live on until they end; its tokens are of "
                + "no use while it is disabled"
        }
        for prefix in settings.credentials.prefixes {
            let path = Self.prefix(prefix, account)
            try await client.put(["sys", "leases", "revoke-prefix"] + path, ["sync": true], operation)
            cut.note += "; leases under \(path.joined(separator: "/")) revoked"
        }
        return cut
    }

    /// What stands for a person becomes no more than one segment.
    static func prefix(_ template: String, _ account: Account) -> [String] {
        let login = account.name.lowercased()
        return VaultConnection.segments(template).map { segment in
            segment.replacing("{identity}", with: account.identity.description).replacing("{account}", with: login)
                .replacing("{local}", with: login.prefix { $0 != "@" })
        }
    }
}
