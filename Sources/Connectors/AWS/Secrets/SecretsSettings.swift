import AccessModel
import ConnectorKit

/// A target's settings, checked.
struct SecretsSettings: Sendable {
    let aws: AWSSettings
    /// The tag whose value is the identity that knows the secret.
    let ownerTag: String
    /// Of a secret that is a JSON object: the member that is the secret itself.
    let field: String
    let length: Int
    let excludedCharacters: String
    let pageSize: Int
    let staleAfter: Span
    /// Before the name of every secret that is made for a workload.
    let prefix: String

    static let schema = SettingsSchema(
        required: AWSSettings.required,
        optional: AWSSettings.optional + [
            "owner_tag", "password_field", "password_length", "exclude_characters", "page_size", "stale_after",
            "workload_prefix",
        ]
    ) { configuration throws(ConnectorError) in _ = try SecretsSettings(configuration) }

    init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        var settings = try SettingsReader(configuration)
        aws = try AWSSettings(&settings)
        ownerTag = try settings.optionalString("owner_tag") ?? "tenure:owner"
        field = try settings.optionalString("password_field") ?? "password"
        length = try settings.integer("password_length", in: 16...512, default: 40)
        // What connection strings, shells and JSON trip over.
        excludedCharacters = try settings.optionalString("exclude_characters") ?? #"/@"'\`$"#
        pageSize = try settings.integer("page_size", in: 1...100, default: 100)
        staleAfter = try settings.span("stale_after", default: .days(90))
        prefix = try settings.optionalString("workload_prefix") ?? "tenure/\(configuration.organization)/"
        try settings.finish()
        guard (2...200).contains(prefix.utf8.count), prefix.hasSuffix("/"), prefix.utf8.allSatisfy(\.mayBeInName) else {
            throw settings.error(
                "the setting `workload_prefix` must end in `/` and consist of ASCII letters, digits and /_+=.@-",
                about: "workload_prefix")
        }
        guard ownerTag.utf8.count <= 120, !ownerTag.hasPrefix("aws:") else {
            throw settings.error("the setting `owner_tag` cannot be a tag's key", about: "owner_tag")
        }
    }

    /// When the value of a workload's secret became what it is.
    var madeTag: String { ownerTag + ":made" }

    /// On a workload's secret from before it is deleted until it has another value: the one that it has is withdrawn.
    var retiredTag: String { ownerTag + ":retired" }

    /// What a credential's secret is called.
    func name(of credential: Credential) -> String {
        guard case .workload = credential.identity, credential.id == credential.identity.description else {
            return credential.id
        }
        return name(ofSecretFor: credential.identity)
    }

    /// What the secret that is made for a workload is called.
    func name(ofSecretFor identity: IdentityID) -> String {
        guard case .workload(let tenant, let tier, let name) = identity else { return identity.description }
        return "\(prefix)\(tenant)/\(tier)/\(name)"
    }

    /// Where the last owner is kept once the secret was rotated away from it.
    var formerOwnerTag: String { ownerTag + ":former" }
}

extension UInt8 {
    /// What the service takes in a secret's name.
    fileprivate var mayBeInName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/_+=.@-".utf8.contains(self)
        }
    }
}
