import AccessModel
import ConnectorKit

/// AWS IAM Identity Center: users and groups of its identity store, and what groups may do in which account.
///
/// A user is its identity's by `UserName`, which is the identity's id and never changes, together with Tenure's mark in
/// `UserType`; people find themselves by their address, which may change. Where an identity provider brings the users, its
/// external id carries the identity, and Tenure changes no user.
public struct IdentityCenter: Connector {
    let settings: IdentityCenterSettings
    let mapping: UserMapping
    let store: IdentityStore
    let instance: SSOInstance
    let sets: PermissionSets
    let assignments: AccountAssignments
    let turnstile = Turnstile()
    let clock: @Sendable () -> Instant
    private let connection: AWSConnection
    private let name: String

    /// - Throws: A `configuration` error for settings that are not usable. Nothing is asked yet.
    public init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        settings = try IdentityCenterSettings(configuration)
        connection = try AWSConnection([.identityStore, .ssoAdmin, .sts], settings.aws, configuration)
        mapping = UserMapping(settings)
        store = IdentityStore(client: connection.client, id: settings.store, pageSize: settings.pageSize)
        instance = SSOInstance(
            client: connection.client, arn: settings.instance, pageSize: settings.pageSize,
            patience: settings.provisioningTimeout)
        sets = PermissionSets(instance, settings)
        assignments = AccountAssignments(instance: instance, accounts: settings.accounts.map(\.id))
        clock = configuration.clock
        name = configuration.target.text
    }

    public var abilities: TargetAbilities { Self.abilities }

    static let abilities = TargetAbilities(
        kinds: [.account, .group, .membership, .roleAssignment], holdsWorkloadMembers: false, holdsEmptyGroups: true,
        maximumGroupNameLength: 1_024)

    /// Says who asks, and reads a user and the permission sets.
    public func check() async throws(ConnectorError) -> TargetHealth {
        let operation = "check \(name)"
        let caller = try await SecurityTokenService.caller(connection.client, operation)
        try await store.probe(operation)
        _ = try await instance.call("ListPermissionSets", ["MaxResults": 1], operation)
        return TargetHealth(
            description: "IAM Identity Center in \(settings.aws.region.name), \(settings.accounts.count) accounts, as "
                + caller.arn)
    }

    public func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
        let operation = "\(change.operation.rawValue) \(change.fact.key) in \(name)"
        switch (change.operation, change.fact) {
        case (.remove, .account(let account)): return try await removeAccount(account, operation)
        case (_, .account(let account)): return try await put(account, before: change.before, operation)
        case (.remove, .group(let group)): return try await removeGroup(group.slug, operation)
        case (_, .group(let group)): return try await addGroup(group.slug, operation)
        case (.remove, .membership(let membership)): return try await removeMember(membership, operation)
        case (_, .membership(let membership)): return try await addMember(membership, operation)
        case (.remove, .roleAssignment(let assignment)): return try await removeRole(assignment, operation)
        case (_, .roleAssignment(let assignment)): return try await addRole(assignment, operation)
        default:
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "IAM Identity Center has no place for a \(change.fact.kind.rawValue)")
        }
    }

    public func close() async { await connection.close() }

    func receipt(_ effect: Receipt.Effect, _ requestID: String?, _ note: String) -> Receipt {
        Receipt(effect: effect, requestID: requestID, at: clock(), note: note)
    }

    var revocation: SessionRevocation {
        SessionRevocation(
            instance: instance, sets: sets, definitions: Array(settings.permissionSets.values), clock: clock,
            turnstile: turnstile)
    }
}

extension ConnectorFactory {
    /// `connector: aws`
    public static let aws = ConnectorFactory(
        name: "aws", abilities: IdentityCenter.abilities, settings: IdentityCenterSettings.schema
    ) { configuration throws(ConnectorError) in try IdentityCenter(configuration) }
}
