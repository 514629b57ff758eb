import AccessModel
import ConnectorKit
import PostgreSQLDriver

/// A target's settings, checked. Nothing outside of them is looked at.
struct PostgreSQLTargetSettings: Sendable {
    enum Encryption: String, CaseIterable, Sendable {
        /// The certificate is verified, and it is the host's.
        case verifyFull = "verify-full"
        /// The certificate is verified.
        case verifyCA = "verify-ca"
        /// Nothing is encrypted; to this machine alone.
        case disable
    }

    /// libpq's keywords, without the password.
    private let options: [String: String]
    /// Asked for each connection; nil where the user has no password.
    private let password: CredentialReader?
    let user: String
    let database: String
    let limits: PostgreSQLSettings
    let access: AccessRules
    /// Whether who is taken out of a group loses the sessions in which he may have taken on the group's role.
    let endsSessionsOnRevoke: Bool
    let organization: Slug

    static let schema = SettingsSchema(
        required: [
            .init("host", example: "db.example.org"), .init("database", example: "shop"),
            .init("user", example: "tenure"),
        ],
        optional: ["port", "sslmode", "ca_file", "timeout", "end_sessions_on_revoke", "classes", "roles"]
    ) { configuration throws(ConnectorError) in _ = try PostgreSQLTargetSettings(configuration) }

    init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        var reader = try SettingsReader(configuration)
        organization = configuration.organization
        user = try reader.string("user")
        database = try reader.string("database")
        limits = try Self.limits(&reader)
        endsSessionsOnRevoke = try reader.bool("end_sessions_on_revoke", default: true)
        options = try Self.options(&reader, user, database, configuration)
        password = configuration.readCredential
        access = try AccessRules.read(&reader)
        try reader.finish()
    }

    /// Where to connect to now, with the password as it is now.
    func address() throws(ConnectorError) -> PostgreSQLAddress {
        var options = options
        if let password { options["password"] = try password().reveal() }
        return PostgreSQLAddress(options: options)
    }

    private static func limits(_ reader: inout SettingsReader) throws(ConnectorError) -> PostgreSQLSettings {
        let timeout = try reader.span("timeout", default: .seconds(30))
        guard timeout >= .seconds(1), timeout <= .minutes(10) else {
            throw reader.error("the setting `timeout` must be from 1s to 10m", about: "timeout")
        }
        var limits = PostgreSQLSettings()
        limits.connectTimeout = .seconds(10)
        limits.statementTimeout = .milliseconds(timeout.milliseconds)
        // Less than a statement may take, so that a busy catalog is told from a slow one.
        limits.lockTimeout = .milliseconds(timeout.milliseconds / 2)
        limits.idleTimeout = .milliseconds(timeout.milliseconds)
        return limits
    }

    private static func options(
        _ reader: inout SettingsReader, _ user: String, _ database: String, _ configuration: ConnectorConfiguration
    ) throws(ConnectorError) -> [String: String] {
        let host = try reader.string("host")
        let port = try reader.integer("port", in: 1...65_535, default: 5_432)
        let encryption = try reader.choice("sslmode", default: Encryption.verifyFull)
        let authorities = try reader.optionalString("ca_file")
        guard !host.contains(","), !host.contains("@"), !host.contains("=") else {
            throw reader.error("the setting `host` must be one host's name or address", about: "host")
        }
        // Else a name with `=` would be read as a whole address.
        guard !database.contains("="), !database.contains("://") else {
            throw reader.error("the setting `database` must be a database's name", about: "database")
        }
        var options = [
            "host": host, "port": String(port), "user": user, "dbname": database, "sslmode": encryption.rawValue,
            "application_name": "tenure",
        ]
        switch encryption {
        case .verifyFull, .verifyCA:
            guard let authorities else {
                throw reader.error(
                    "the setting `ca_file` is missing: the certificates that the server's must come from",
                    about: "ca_file")
            }
            options["sslrootcert"] =
                authorities.hasPrefix("/") ? authorities : configuration.baseDirectory + "/" + authorities
        case .disable:
            guard host.hasPrefix("/") || ["localhost", "127.0.0.1", "::1"].contains(host.lowercased()) else {
                throw reader.error("`sslmode: disable` is taken for this machine only", about: "sslmode")
            }
        }
        return options
    }
}
