import AccessModel
import ConnectorKit
import StrictJSON

/// Any service that speaks SCIM 2.0 (RFC 7643, RFC 7644).
///
/// A user is its identity's by `externalId`, and signs in with `userName`; a group is known by `displayName`.
/// Members change by PATCH deltas alone, never by replacing a list, so nobody else's change is lost.
public struct SCIMServiceProvider: Connector {
    let client: SCIMClient
    let clock: @Sendable () -> Instant
    private let name: String

    /// - Throws: A `configuration` error for settings that are not usable. The service is not asked yet.
    public init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        let settings = try SCIMSettings(configuration)
        var session = HTTPSession.Configuration(
            url: settings.url, authorization: SecretText("Bearer " + settings.token.reveal()))
        session.timeout = settings.timeout
        session.certificateAuthorities = settings.authorities.map {
            $0.hasPrefix("/") ? $0 : configuration.baseDirectory + "/" + $0
        }
        session.explanation = SCIMClient.explanation(of:)
        client = SCIMClient(session: try HTTPSession(session, clock: configuration.clock), pageSize: settings.pageSize)
        clock = configuration.clock
        name = configuration.target.text
    }

    public var abilities: TargetAbilities { Self.abilities }

    static let abilities = TargetAbilities(
        kinds: [.account, .group, .membership], holdsWorkloadMembers: false, holdsEmptyGroups: true,
        maximumGroupNameLength: 255)

    /// Reads what the service says of itself, and one user, since the former may be open to everybody.
    public func check() async throws(ConnectorError) -> TargetHealth {
        let operation = "check \(name)"
        let configuration = try await client.get(["ServiceProviderConfig"], operation: operation, accepting: [404])
        _ = try await client.get(
            ["Users"], query: [HTTPRequest.Field("startIndex", "1"), HTTPRequest.Field("count", "1")],
            operation: operation)
        guard let configuration else { return TargetHealth(description: "SCIM 2.0, without a service configuration") }
        func supports(_ feature: String) -> Bool {
            configuration.attribute(feature)?.attribute("supported")?.bool ?? false
        }
        guard supports("patch") else {
            throw ConnectorError(
                code: .configuration, operation: operation,
                message: "the service has no PATCH, and members are never changed by replacing a whole list")
        }
        let features = ["patch", "filter", "etag", "bulk"].filter(supports)
        return TargetHealth(description: "SCIM 2.0 with \(features.joined(separator: ", "))")
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
        default:
            throw ConnectorError(
                code: .invalid, operation: operation, message: "SCIM has no place for a \(change.fact.kind.rawValue)")
        }
    }

    public func close() async { await client.session.close() }

    func receipt(_ effect: Receipt.Effect, _ requestID: String?, _ note: String) -> Receipt {
        Receipt(effect: effect, requestID: requestID, at: clock(), note: note)
    }
}

extension ConnectorFactory {
    /// `connector: scim`
    public static let scim = ConnectorFactory(
        name: "scim", abilities: SCIMServiceProvider.abilities,
        settings: SettingsSchema(
            required: [.init("url", example: "https://scim.example.org/v2")],
            optional: ["page_size", "timeout", "ca_file"], credential: "the service's bearer token"
        ) { configuration throws(ConnectorError) in _ = try SCIMSettings(configuration) }
    ) { configuration throws(ConnectorError) in try SCIMServiceProvider(configuration) }
}
