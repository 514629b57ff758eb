import AccessModel
import ConnectorKit

/// A target's settings, checked. Nothing outside of them is looked at.
struct VaultSettings: Sendable {
    let connection: VaultConnection
    /// The accessor of the auth mount that people sign in on: their aliases are on it.
    let loginAccessor: String
    /// What a role may do, with places for the coordinate.
    let policies: [String: [PolicyRule]]
    let trusts: TrustMounts
    let credentials: CredentialPlaces
    let organization: Slug
    let concurrency: Int

    static let schema = SettingsSchema(
        required: [
            .init("url", example: "https://vault.example.org:8200"),
            .init("login_accessor", example: "auth_oidc_1a2b3c4d"),
        ],
        optional: [
            "namespace", "ca_file", "timeout", "login", "policies", "jwt_mounts", "token_ttl", "tokens",
            "approle_mounts", "secrets", "revoke_prefixes", "concurrency",
        ], credential: "a token, the secret id of an AppRole, or a JWT"
    ) { configuration throws(ConnectorError) in _ = try VaultSettings(configuration) }

    init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        var reader = try SettingsReader(configuration)
        organization = configuration.organization
        connection = try VaultConnection(&reader, configuration)
        loginAccessor = try reader.string("login_accessor")
        concurrency = try reader.integer("concurrency", in: 1...32, default: 8)
        policies = try Self.policies(&reader)
        trusts = try TrustMounts(&reader)
        credentials = try CredentialPlaces(&reader)
        try reader.finish()
    }

    private static func policies(_ reader: inout SettingsReader) throws(ConnectorError) -> [String: [PolicyRule]] {
        var policies: [String: [PolicyRule]] = [:]
        guard var section = try reader.nested("policies") else { return policies }
        for role in Role.allCases {
            var rules: [PolicyRule] = []
            for var entry in try section.nestedList(role.rawValue) { rules.append(try PolicyRule(&entry)) }
            policies[role.rawValue] = rules
        }
        try section.finish()
        return policies
    }
}

/// How the server is reached, and how Tenure signs in there.
struct VaultConnection: Sendable {
    enum Login: Sendable {
        /// The credential is a token.
        case token
        /// The credential is a secret id.
        case appRole(mount: String, roleID: String)
        /// The credential is a JWT.
        case jwt(mount: String, role: String)
    }

    private enum Method: String, CaseIterable {
        case token, approle, jwt
    }

    let url: String
    let namespace: String?
    let authorities: String?
    let timeout: Span
    let login: Login
    /// Asked each time that somebody signs in.
    let credential: CredentialReader

    init(_ reader: inout SettingsReader, _ configuration: ConnectorConfiguration) throws(ConnectorError) {
        url = try reader.string("url")
        do throws(ConnectorError) {
            try HTTPSession.Configuration.check(url: url)
        } catch {
            throw reader.error("the setting `url` is not usable: \(error.message)", about: "url")
        }
        namespace = try reader.optionalString("namespace")
        guard namespace?.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) ?? true else {
            throw reader.error("the setting `namespace` has a character that no header takes", about: "namespace")
        }
        authorities = try reader.optionalString("ca_file").map { path in
            path.hasPrefix("/") ? path : configuration.baseDirectory + "/" + path
        }
        timeout = try reader.span("timeout", default: .seconds(30))
        login = try Self.login(&reader)
        guard let read = configuration.readCredential, configuration.credential?.isEmpty == false else {
            throw reader.error("the target needs a `credential`: a token, the secret id of an AppRole, or a JWT")
        }
        credential = read
    }

    private static func login(_ reader: inout SettingsReader) throws(ConnectorError) -> Login {
        guard var section = try reader.nested("login") else { return .token }
        let method = try section.choice("method", default: Method.token)
        let mount = try section.optionalString("mount") ?? method.rawValue
        let roleID = try section.optionalString("role_id")
        let role = try section.optionalString("role")
        try section.finish()
        switch method {
        case .token: return .token
        case .approle:
            guard let roleID else { throw section.error("`method: approle` needs the `role_id`") }
            return .appRole(mount: mount, roleID: roleID)
        case .jwt:
            guard let role else { throw section.error("`method: jwt` needs the `role`") }
            return .jwt(mount: mount, role: role)
        }
    }

    /// A mount's or a secret's path as segments.
    static func segments(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init)
    }
}

/// Where workloads sign in: an auth mount takes the tokens of one issuer.
struct TrustMounts: Sendable {
    /// By issuer.
    let mounts: [String: String]
    /// In seconds, of the tokens that workloads get.
    let tokenLifetime: Int64

    init(_ reader: inout SettingsReader) throws(ConnectorError) {
        var mounts: [String: String] = [:]
        for var entry in try reader.nestedList("jwt_mounts") {
            let issuer = try entry.string("issuer")
            let mount = try entry.string("mount")
            try entry.finish()
            guard mounts.updateValue(mount, forKey: issuer) == nil else {
                throw reader.error("the issuer `\(issuer)` has two mounts", about: "jwt_mounts")
            }
        }
        guard Set(mounts.values).count == mounts.count else {
            throw reader.error("a mount takes the tokens of one issuer only", about: "jwt_mounts")
        }
        self.mounts = mounts
        let lifetime = try reader.span("token_ttl", default: .minutes(15))
        guard lifetime >= .minutes(1), lifetime <= .hours(24) else {
            throw reader.error("the setting `token_ttl` must be from 1m to 24h", about: "token_ttl")
        }
        tokenLifetime = lifetime.milliseconds / 1_000
    }
}

/// Where credentials are looked for.
struct CredentialPlaces: Sendable {
    /// Whether all tokens of the server are gone through for people's.
    enum Tokens: String, CaseIterable, Sendable {
        case scan, ignore
    }

    /// Secrets of a KV engine, version 2, under a path.
    struct Secrets: Hashable, Sendable {
        let mount: String
        let prefix: [String]
        /// The member that is the secret itself.
        let field: String
    }

    let tokens: Tokens
    let appRoleMounts: [String]
    let secrets: [Secrets]
    /// With `{identity}`, `{account}` and `{local}`; revoked when an account is disabled or deleted.
    let prefixes: [String]

    init(_ reader: inout SettingsReader) throws(ConnectorError) {
        tokens = try reader.choice("tokens", default: Tokens.scan)
        appRoleMounts = try reader.strings("approle_mounts")
        prefixes = try reader.strings("revoke_prefixes")
        for prefix in prefixes where !["{identity}", "{account}", "{local}"].contains(where: prefix.contains) {
            throw reader.error(
                "the prefix `\(prefix)` would revoke everybody's: it must have `{identity}`, `{account}` or `{local}` in it",
                about: "revoke_prefixes")
        }
        var secrets: [Secrets] = []
        for var entry in try reader.nestedList("secrets") {
            let mount = try entry.string("mount")
            let prefix = try entry.optionalString("prefix") ?? ""
            let field = try entry.optionalString("field") ?? "password"
            try entry.finish()
            secrets.append(Secrets(mount: mount, prefix: VaultConnection.segments(prefix), field: field))
        }
        self.secrets = secrets
    }
}
