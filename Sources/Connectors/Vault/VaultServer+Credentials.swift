import AccessModel
import ConnectorKit
import StrictJSON

/// What a credential's id says: `token/ACCESSOR`, `secret-id/MOUNT|ROLE|ACCESSOR`, `kv/MOUNT|PATH`.
enum CredentialName: Hashable, Sendable {
    case token(accessor: String)
    case secretID(mount: String, role: String, accessor: String)
    case secret(mount: String, path: String)

    var text: String {
        switch self {
        case .token(let accessor): "token/\(accessor)"
        case .secretID(let mount, let role, let accessor): "secret-id/\(mount)|\(role)|\(accessor)"
        case .secret(let mount, let path): "kv/\(mount)|\(path)"
        }
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        let words = parts[1].split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], words.count) {
        case ("token", 1): self = .token(accessor: words[0])
        case ("secret-id", 3): self = .secretID(mount: words[0], role: words[1], accessor: words[2])
        case ("kv", 2): self = .secret(mount: words[0], path: words[1])
        default: return nil
        }
    }
}

/// A token of somebody, by what names it and does not show it.
struct TokenEntry: Hashable, Sendable {
    let accessor: String
    let entity: String
    let created: Instant?
}

extension VaultServer {
    // MARK: Tokens

    /// All tokens that belong to an entity. One that ends while it is looked up is gone.
    func tokens(_ operation: String) async throws(ConnectorError) -> [TokenEntry] {
        let accessors = try await client.list(["auth", "token", "accessors"], operation).keys
        return try await accessors.concurrentMap(limit: settings.concurrency) { accessor throws(ConnectorError) in
            guard let data = try await lookUp(accessor, operation), let entity = data["entity_id"]?.string,
                !entity.isEmpty
            else { return nil }
            let created = data["creation_time"]?.double.flatMap { Instant(unixSeconds: $0) }
            return TokenEntry(accessor: accessor, entity: entity, created: created)
        }.compactMap { (entry: TokenEntry?) in entry }
    }

    /// Nil for one that is gone.
    private func lookUp(_ accessor: String, _ operation: String) async throws(ConnectorError) -> JSONValue? {
        do throws(ConnectorError) {
            return try await client.write(
                ["auth", "token", "lookup-accessor"], ["accessor": .string(accessor)], operation)
        } catch {
            if error.message.contains("invalid accessor") { return nil }
            // An accessor that has outlived its token is refused in the words of a missing right.
            guard error.code == .forbidden, try await mayLookUp(besides: accessor, operation) else { throw error }
            return nil
        }
    }

    /// Whether the connector may look up accessors: it may then look up its own.
    private func mayLookUp(besides accessor: String, _ operation: String) async throws(ConnectorError) -> Bool {
        let token = try await client.read(["auth", "token", "lookup-self"], operation)
        guard let own = token?["accessor"]?.string, !own.isEmpty, own != accessor else { return false }
        do throws(ConnectorError) {
            return try await client.write(["auth", "token", "lookup-accessor"], ["accessor": .string(own)], operation)
                != nil
        } catch {
            guard error.code == .forbidden else { throw error }
            return false
        }
    }

    /// False where there was none.
    func revoke(token accessor: String, _ operation: String) async throws(ConnectorError) -> Bool {
        do throws(ConnectorError) {
            try await client.put(["auth", "token", "revoke-accessor"], ["accessor": .string(accessor)], operation)
            return true
        } catch {
            guard error.message.contains("invalid accessor") || error.message.contains("token not found") else {
                throw error
            }
            return false
        }
    }

    // MARK: Withdrawing

    func withdraw(
        _ credential: Credential, key: String, _ operation: String
    ) async throws(ConnectorError) -> Receipt {
        switch CredentialName(credential.id) {
        case .token(let accessor):
            guard let data = try await lookUp(accessor, operation), let id = data["entity_id"]?.string else {
                return receipt(.alreadyHeld, "there is no such token")
            }
            let owner = id.isEmpty ? nil : try await store.entity(id: id, operation)
            guard owner.map({ marks.identity(of: $0) }) == credential.identity else {
                throw isSomebodyElses(credential, operation)
            }
            let isDone = try await revoke(token: accessor, operation)
            return receipt(isDone ? .applied : .alreadyHeld, "the token is revoked, with the leases that hung on it")
        case .secretID(let mount, let role, let accessor):
            return try await destroy(credential, mount, role, accessor, operation)
        case .secret(let mount, let path):
            guard let place = settings.credentials.secrets.first(where: { $0.mount == mount }) else {
                throw ConnectorError(
                    code: .invalid, operation: operation, message: "the setting `secrets` names no mount `\(mount)`")
            }
            let rotation = KVRotation(
                client: client, mount: VaultConnection.segments(mount), path: VaultConnection.segments(path),
                field: place.field, operation: operation)
            let outcome = try await rotation.rotate(credential.identity, key: key)
            return receipt(outcome.effect, outcome.note)
        case nil:
            throw ConnectorError(
                code: .invalid, operation: operation, message: "`\(credential.id)` is no credential of Vault")
        }
    }

    private func isSomebodyElses(_ credential: Credential, _ operation: String) -> ConnectorError {
        ConnectorError(
            code: .conflict, operation: operation, message: "the credential is not \(credential.identity)'s any more")
    }

    // MARK: Secret ids

    private func destroy(
        _ credential: Credential, _ mount: String, _ role: String, _ accessor: String, _ operation: String
    ) async throws(ConnectorError) -> Receipt {
        guard let data = try await secretID(mount, role, accessor, operation) else {
            return receipt(.alreadyHeld, "there is no such secret id")
        }
        guard owner(of: data) == credential.identity else { throw isSomebodyElses(credential, operation) }
        try await client.put(
            ["auth"] + VaultConnection.segments(mount) + ["role", role, "secret-id-accessor", "destroy"],
            ["secret_id_accessor": .string(accessor)], operation)
        return receipt(
            .applied,
            "the secret id is destroyed; residual access: tokens that it was exchanged for live on until they end")
    }

    /// Nil for one that is gone.
    private func secretID(
        _ mount: String, _ role: String, _ accessor: String, _ operation: String
    ) async throws(ConnectorError) -> JSONValue? {
        do throws(ConnectorError) {
            let data = try await client.write(
                ["auth"] + VaultConnection.segments(mount) + ["role", role, "secret-id-accessor", "lookup"],
                ["secret_id_accessor": .string(accessor)], operation)
            guard data != .null else { return nil }
            return data
        } catch {
            // What is 404 in newer versions is 500 with words in older ones, and in all of them for a role that is gone.
            guard error.message.contains("failed to find accessor entry") || error.message.contains("does not exist")
            else { throw error }
            return nil
        }
    }

    /// Who got a secret id: its metadata says it.
    private func owner(of data: JSONValue) -> IdentityID? {
        guard data["metadata"]?[OwnerMarks.organizationKey]?.string == settings.organization.text,
            let identity = data["metadata"]?[OwnerMarks.identity]?.string.flatMap({ IdentityID($0) }), identity.isOwned
        else { return nil }
        return identity
    }

    // MARK: Seeing

    /// Everything that identities can sign in with or know.
    func observedCredentials(
        _ identities: [String: IdentityID], of wanted: Set<IdentityID>?, _ operation: String
    ) async throws(ConnectorError) -> [Credential] {
        var found: [Credential] = []
        if settings.credentials.tokens == .scan {
            for token in try await tokens(operation) {
                guard let identity = identities[token.entity], identity.isOwned else { continue }
                found.append(
                    Credential(
                        identity: identity, id: CredentialName.token(accessor: token.accessor).text,
                        createdAt: token.created, lastUsedAt: nil))
            }
        }
        for mount in settings.credentials.appRoleMounts { found += try await secretIDs(mount, operation) }
        for place in settings.credentials.secrets { found += try await secrets(place, operation) }
        return found.filter { wanted?.contains($0.identity) ?? true }
    }

    private func secretIDs(_ mount: String, _ operation: String) async throws(ConnectorError) -> [Credential] {
        let base = ["auth"] + VaultConnection.segments(mount) + ["role"]
        var found: [Credential] = []
        for role in try await client.list(base, operation).keys {
            let accessors = try await client.list(base + [role, "secret-id"], operation).keys
            found += try await accessors.concurrentMap(limit: settings.concurrency) { accessor throws(ConnectorError) in
                guard let data = try await secretID(mount, role, accessor, operation), let identity = owner(of: data)
                else { return nil }
                return Credential(
                    identity: identity,
                    id: CredentialName.secretID(mount: mount, role: role, accessor: accessor).text,
                    createdAt: data["creation_time"]?.string.flatMap { Instant($0) }, lastUsedAt: nil)
            }.compactMap { (credential: Credential?) in credential }
        }
        return found
    }

    private func secrets(
        _ place: CredentialPlaces.Secrets, _ operation: String
    ) async throws(ConnectorError) -> [Credential] {
        let base = VaultConnection.segments(place.mount) + ["metadata"]
        var found: [Credential] = []
        var folders = [place.prefix]
        while let folder = folders.popLast() {
            for key in try await client.list(base + folder, operation).keys {
                guard !key.hasSuffix("/") else {
                    folders.append(folder + [String(key.dropLast())])
                    continue
                }
                let path = folder + [key]
                guard let data = try await client.read(base + path, operation),
                    let identity = KVRotation.owner(of: data, settings.organization)
                else { continue }
                let current = data["current_version"]?.integer ?? 0
                found.append(
                    Credential(
                        identity: identity,
                        id: CredentialName.secret(mount: place.mount, path: path.joined(separator: "/")).text,
                        createdAt: data["versions"]?[String(current)]?["created_time"]?.string.flatMap { Instant($0) },
                        lastUsedAt: nil))
            }
        }
        return found
    }
}
