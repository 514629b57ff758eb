import AccessModel
import ConnectorKit
import StrictJSON

/// A target's settings, checked: one AWS account.
struct IAMSettings: Sendable {
    let aws: AWSSettings
    let account: String
    /// The ARN of the policy beyond which no operator role can reach.
    let boundary: String
    /// What operator roles may do inside of it.
    let managedPolicies: [String]
    let session: Span
    let revokesSessions: Bool
    let pageSize: Int
    /// Keys and passwords that are older, or unused for longer, are said to be.
    let staleAfter: Span
    let organization: Slug

    static let schema = SettingsSchema(
        required: AWSSettings.required + [
            .init("account", example: "123456789012"),
            .init("permissions_boundary", example: "arn:aws:iam::123456789012:policy/tenure-operator-boundary"),
        ],
        optional: AWSSettings.optional + [
            "managed_policies", "session_duration", "revoke_sessions", "page_size", "stale_after",
        ]
    ) { configuration throws(ConnectorError) in _ = try IAMSettings(configuration) }

    init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        organization = configuration.organization
        var settings = try SettingsReader(configuration)
        aws = try AWSSettings(&settings)
        account = try settings.string("account")
        boundary = try settings.string("permissions_boundary")
        managedPolicies = try settings.strings("managed_policies")
        session = try settings.span("session_duration", default: .hours(1))
        revokesSessions = try settings.bool("revoke_sessions", default: true)
        pageSize = try settings.integer("page_size", in: 1...1_000, default: 100)
        staleAfter = try settings.span("stale_after", default: .days(90))
        try settings.finish()
        guard AccountNumber.isValid(account) else {
            throw settings.error("the setting `account` must be twelve digits, in quotes", about: "account")
        }
        guard Self.isPolicy(boundary) else {
            throw settings.error(
                "the setting `permissions_boundary` is no ARN of a policy", about: "permissions_boundary")
        }
        guard managedPolicies.allSatisfy(Self.isPolicy), managedPolicies.count <= 20 else {
            throw settings.error(
                "the setting `managed_policies` must be at most 20 ARNs of policies", about: "managed_policies")
        }
        guard session >= .hours(1), session <= .hours(12) else {
            throw settings.error("the setting `session_duration` must be from 1h to 12h", about: "session_duration")
        }
    }

    private static func isPolicy(_ text: String) -> Bool {
        ARN(text).map { $0.service == "iam" && $0.resource.hasPrefix("policy/") } ?? false
    }

    /// Where Tenure's roles are, and nobody else's.
    var path: String { "/tenure/\(organization)/" }

    func providerARN(_ issuer: Issuer) -> String {
        "arn:\(aws.region.partition):iam::\(account):oidc-provider/\(issuer.name)"
    }
}

/// An issuer of tokens: `https://` and what IAM calls it.
struct Issuer: Hashable, Sendable {
    /// Without the scheme: `token.actions.githubusercontent.com`.
    let name: String

    var url: String { "https://\(name)" }

    init?(url: String) {
        guard url.hasPrefix("https://"), url.utf8.count <= 255,
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"*?#\\".utf8.contains($0) })
        else { return nil }
        name = String(url.dropFirst("https://".count))
        guard !name.isEmpty else { return nil }
    }

    init(name: String) { self.name = name }
}
