import AccessModel
import ConnectorKit
import StrictJSON

/// A HashiCorp Vault or OpenBao server: entities and groups of its identity store, a policy for each role of a group at a
/// coordinate, auth roles for workloads; tokens, secret ids and secrets of people found and withdrawn.
public struct VaultServer: Connector {
    let settings: VaultSettings
    let client: VaultClient
    let store: IdentityStore
    let marks: OwnerMarks
    let clock: @Sendable () -> Instant
    let name: String
    /// Groups have no versions to compare.
    let turnstile = Turnstile()

    /// - Throws: A `configuration` error for settings that are not usable. The server is not asked yet.
    public init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        settings = try VaultSettings(configuration)
        client = try VaultClient(settings.connection, clock: configuration.clock)
        store = IdentityStore(client: client, concurrency: settings.concurrency)
        marks = OwnerMarks(organization: configuration.organization, loginAccessor: settings.loginAccessor)
        clock = configuration.clock
        name = configuration.target.text
    }

    public var abilities: TargetAbilities { Self.abilities }

    static let abilities = TargetAbilities(
        kinds: [.account, .group, .membership, .roleAssignment, .federatedTrust, .credential],
        holdsWorkloadMembers: false, holdsEmptyGroups: true, maximumGroupNameLength: 128)

    /// Looks up the token, and whether every mount that is named takes the tokens of its issuer alone.
    public func check() async throws(ConnectorError) -> TargetHealth {
        let operation = "check \(name)"
        guard let token = try await client.read(["auth", "token", "lookup-self"], operation) else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "the address is no Vault")
        }
        let policies = token["policies"]?.array?.compactMap(\.string) ?? []
        guard !policies.contains("root") else {
            throw ConnectorError(
                code: .configuration, operation: operation,
                message: "the token is a root token; give the connector the policy that its README lists")
        }
        _ = try await client.list(["identity", "entity", "id"], operation)
        _ = try await client.list(["identity", "group", "id"], operation)
        for (issuer, mount) in settings.trusts.mounts.sorted(by: { $0.key < $1.key }) {
            try await checkIssuer(issuer, mount, operation)
        }
        let health = try await client.health(operation)
        return TargetHealth(description: "Vault \(health), as \(policies.sorted().joined(separator: ", "))")
    }

    public func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
        let operation = "\(change.operation.rawValue) \(change.fact.key) in \(name)"
        switch (change.operation, change.fact) {
        case (.remove, .account(let account)): return try await remove(account, operation)
        case (_, .account(let account)): return try await put(account, before: change.before, operation)
        case (.remove, .group(let group)): return try await remove(group, operation)
        case (_, .group(let group)): return try await add(group, operation)
        case (.remove, .membership(let membership)): return try await remove(membership, operation)
        case (_, .membership(let membership)): return try await add(membership, operation)
        case (.remove, .roleAssignment(let assignment)): return try await remove(assignment, operation)
        case (_, .roleAssignment(let assignment)): return try await add(assignment, operation)
        case (.remove, .federatedTrust(let trust)): return try await remove(trust, operation)
        case (_, .federatedTrust(let trust)): return try await add(trust, operation)
        case (.remove, .credential(let credential)):
            return try await withdraw(credential, key: context.idempotencyKey, operation)
        default:
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "Vault has no place for a \(change.fact.kind.rawValue) that is to be made")
        }
    }

    public func close() async { await client.close() }

    func receipt(_ effect: Receipt.Effect, _ note: String = "") -> Receipt {
        Receipt(effect: effect, requestID: nil, at: clock(), note: note)
    }
}

extension ConnectorFactory {
    /// `connector: vault`
    public static let vault = ConnectorFactory(
        name: "vault", abilities: VaultServer.abilities, settings: VaultSettings.schema
    ) { configuration throws(ConnectorError) in try VaultServer(configuration) }
}
