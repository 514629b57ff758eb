import AccessModel
import ConnectorKit

/// One AWS account's IAM: operator roles that trust a workload's tokens, and the keys and passwords of standing users.
///
/// An operator role bears its group's slug, stands under Tenure's own path, and cannot reach beyond its permissions
/// boundary. Keys and passwords are found and taken away, never made.
public struct IAMAccount: Connector {
    let settings: IAMSettings
    let service: IAMService
    let turnstile = Turnstile()
    let clock: @Sendable () -> Instant
    private let connection: AWSConnection
    private let name: String

    /// - Throws: A `configuration` error for settings that are not usable. Nothing is asked yet.
    public init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        settings = try IAMSettings(configuration)
        connection = try AWSConnection([.iam, .sts], settings.aws, configuration)
        service = IAMService(client: connection.client, pageSize: settings.pageSize)
        clock = configuration.clock
        name = configuration.target.text
    }

    public var abilities: TargetAbilities { Self.abilities }

    static let abilities = TargetAbilities(
        kinds: [.federatedTrust, .credential], holdsWorkloadMembers: false, holdsEmptyGroups: false,
        maximumGroupNameLength: 64)

    /// Says who asks, and that it is in the account of the settings.
    public func check() async throws(ConnectorError) -> TargetHealth {
        let operation = "check \(name)"
        let caller = try await SecurityTokenService.caller(connection.client, operation)
        guard caller.account == settings.account else {
            throw ConnectorError(
                code: .configuration, operation: operation,
                message: "the credentials are of account \(caller.account), the settings of \(settings.account)",
                setting: "account")
        }
        _ = try await service.call("ListRoles", [("PathPrefix", settings.path), ("MaxItems", "1")], operation)
        return TargetHealth(description: "IAM of account \(caller.account), as \(caller.arn)")
    }

    public func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
        let operation = "\(change.operation.rawValue) \(change.fact.key) in \(name)"
        switch (change.operation, change.fact) {
        case (.remove, .federatedTrust(let trust)): return try await removeTrust(trust, operation)
        case (_, .federatedTrust(let trust)): return try await addTrust(trust, operation)
        case (.remove, .credential(let credential)): return try await withdraw(credential, operation)
        case (_, .credential):
            throw ConnectorError(
                code: .invalid, operation: operation, message: "keys and passwords are never made, only withdrawn")
        default:
            throw ConnectorError(
                code: .invalid, operation: operation, message: "IAM has no place for a \(change.fact.kind.rawValue)")
        }
    }

    public func close() async { await connection.close() }

    func receipt(_ effect: Receipt.Effect, _ requestID: String?, _ note: String) -> Receipt {
        Receipt(effect: effect, requestID: requestID, at: clock(), note: note)
    }
}

extension ConnectorFactory {
    /// `connector: aws-iam`
    public static let awsIAM = ConnectorFactory(
        name: "aws-iam", abilities: IAMAccount.abilities, settings: IAMSettings.schema
    ) { configuration throws(ConnectorError) in try IAMAccount(configuration) }
}
