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

    static let schema = SettingsSchema(
        required: AWSSettings.required,
        optional: AWSSettings.optional + [
            "owner_tag", "password_field", "password_length", "exclude_characters", "page_size", "stale_after",
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
        try settings.finish()
        guard ownerTag.utf8.count <= 120, !ownerTag.hasPrefix("aws:") else {
            throw settings.error("the setting `owner_tag` cannot be a tag's key", about: "owner_tag")
        }
    }

    /// Where the last owner is kept once the secret was rotated away from it.
    var formerOwnerTag: String { ownerTag + ":former" }
}
