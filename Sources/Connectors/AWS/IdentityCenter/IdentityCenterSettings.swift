import AccessModel
import ConnectorKit
import StrictJSON

/// A target's settings, checked.
struct IdentityCenterSettings: Sendable {
    enum Users: String, CaseIterable, Sendable {
        /// The identity store is the users' home: they are made, changed and deleted here.
        case manage
        /// An identity provider brings them by SCIM: they are found here and never changed.
        case verify
    }

    let aws: AWSSettings
    let instance: String
    let store: String
    let users: Users
    /// Of the external ids that carry people's ids where users are only verified; nil for any.
    let externalIDIssuer: String?
    /// By role.
    let permissionSets: [String: PermissionSetDefinition]
    let accounts: [AccountDefinition]
    let pageSize: Int
    /// How long a call waits for what the service does in its own time.
    let provisioningTimeout: Span
    let revokesSessions: Bool
    let organization: Slug

    static let schema = SettingsSchema(
        required: AWSSettings.required + [
            .init("instance_arn", example: "arn:aws:sso:::instance/ssoins-1234567890abcdef"),
            .init("identity_store_id", example: "d-1234567890"),
            .init(
                "permission_sets",
                example: "{reader: {managed_policies: [\"arn:aws:iam::aws:policy/ReadOnlyAccess\"]}}",
                value: ["reader": ["managed_policies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]]]),
            .init(
                "accounts", example: "[{id: \"123456789012\", covers: {tier: live}}]",
                value: [["id": "123456789012", "covers": ["tier": "live"]]]),
        ],
        optional: AWSSettings.optional + [
            "users", "external_id_issuer", "page_size", "provisioning_timeout", "revoke_sessions",
        ]
    ) { configuration throws(ConnectorError) in _ = try IdentityCenterSettings(configuration) }

    init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        organization = configuration.organization
        var settings = try SettingsReader(configuration)
        aws = try AWSSettings(&settings)
        instance = try settings.string("instance_arn")
        store = try settings.string("identity_store_id")
        users = try settings.choice("users", default: Users.manage)
        externalIDIssuer = try settings.optionalString("external_id_issuer")
        pageSize = try settings.integer("page_size", in: 1...100, default: 100)
        provisioningTimeout = try settings.span("provisioning_timeout", default: .seconds(45))
        revokesSessions = try settings.bool("revoke_sessions", default: true)
        permissionSets = try PermissionSetDefinition.read(&settings, organization)
        accounts = try AccountDefinition.read(&settings)
        try settings.finish()
        guard ARN(instance)?.service == "sso", instance.contains(":instance/") else {
            throw settings.error(
                "the setting `instance_arn` is no ARN of an instance of IAM Identity Center", about: "instance_arn")
        }
        guard store.utf8.count <= 36, store.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw settings.error(
                "the setting `identity_store_id` must be one such as `d-1234567890`", about: "identity_store_id")
        }
        guard externalIDIssuer == nil || users == .verify else {
            throw settings.error("`external_id_issuer` counts only with `users: verify`", about: "external_id_issuer")
        }
    }

    /// By what Tenure's own objects are told from others'.
    var owner: String { "tenure:\(organization)" }
}

/// What a role may do, as the permission set that stands for it.
struct PermissionSetDefinition: Hashable, Sendable {
    let role: String
    let name: String
    /// ARNs of the vendor's managed policies.
    let managedPolicies: [String]
    /// The longest session; the longest window of the role is a good measure.
    let session: Span

    static func read(
        _ settings: inout SettingsReader, _ organization: Slug
    ) throws(ConnectorError) -> [String: PermissionSetDefinition] {
        let about = "permission_sets"
        guard var section = try settings.nested(about) else {
            throw settings.error("the setting `permission_sets` is missing", about: about)
        }
        var definitions: [String: PermissionSetDefinition] = [:]
        for role in Role.allCases {
            guard var entry = try section.nested(role.rawValue) else { continue }
            let name = try entry.optionalString("name") ?? "tenure-\(organization)-\(role.rawValue)"
            guard (1...32).contains(name.utf8.count), name.utf8.allSatisfy(isNameByte) else {
                throw entry.error(
                    "the permission set's name `\(name)` must be 1 to 32 letters, digits and `+=,.@_-`; set `name`")
            }
            let policies = try entry.strings("managed_policies")
            guard !policies.isEmpty, policies.count <= 20, policies.allSatisfy({ ARN($0)?.service == "iam" }) else {
                throw entry.error(
                    "`permission_sets.\(role.rawValue).managed_policies` must be 1 to 20 ARNs of policies")
            }
            let session = try entry.span("session_duration", default: .hours(1))
            guard session >= .hours(1), session <= .hours(12) else {
                throw entry.error("`permission_sets.\(role.rawValue).session_duration` must be from 1h to 12h")
            }
            try entry.finish()
            definitions[role.rawValue] = PermissionSetDefinition(
                role: role.rawValue, name: name, managedPolicies: policies, session: session)
        }
        try section.finish()
        guard !definitions.isEmpty else {
            throw settings.error("the setting `permission_sets` names no role", about: about)
        }
        guard Set(definitions.values.map(\.name)).count == definitions.count else {
            throw settings.error("two roles share the name of a permission set", about: about)
        }
        return definitions
    }

    /// As the service writes it: `PT4H`, `PT1H30M`.
    var sessionText: String {
        let minutes = session.milliseconds / 60_000
        let (hours, rest) = (minutes / 60, minutes % 60)
        return "PT" + (hours > 0 ? "\(hours)H" : "") + (rest > 0 ? "\(rest)M" : "")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || "+=,.@_-".utf8.contains(byte)
    }
}

/// An AWS account and where in the organisation it lies.
struct AccountDefinition: Hashable, Sendable {
    let id: String
    let covers: Coordinate

    static func read(_ settings: inout SettingsReader) throws(ConnectorError) -> [AccountDefinition] {
        var accounts: [AccountDefinition] = []
        for var entry in try settings.nestedList("accounts") {
            let id = try entry.string("id")
            guard AccountNumber.isValid(id) else {
                throw entry.error("an account's `id` must be twelve digits, in quotes")
            }
            guard !accounts.contains(where: { $0.id == id }) else {
                throw entry.error("the account `\(id)` is there twice")
            }
            var covers = Coordinate()
            if var place = try entry.nested("covers") {
                covers.sector = try dimension("sector", &place)
                covers.tier = try dimension("tier", &place)
                covers.region = try dimension("region", &place)
                covers.tenant = try dimension("tenant", &place)
                try place.finish()
            }
            try entry.finish()
            accounts.append(AccountDefinition(id: id, covers: covers))
        }
        guard !accounts.isEmpty else {
            throw settings.error("the setting `accounts` must name at least one account", about: "accounts")
        }
        return accounts
    }

    private static func dimension(
        _ name: String, _ place: inout SettingsReader
    ) throws(ConnectorError) -> Coordinate.Dimension {
        guard let text = try place.optionalString(name) else { return .all }
        guard let dimension = Coordinate.Dimension(text) else {
            throw place.error("`covers.\(name)` is `\(text)`; it must be a name, `_` or `*`")
        }
        return dimension
    }
}
