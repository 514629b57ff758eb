import AccessModel
import ConnectorKit
import Notices
import Persistence

extension ServerConfiguration {
    /// What secrets are read for, as errors name it.
    static func reader() throws(ConnectorError) -> Slug {
        guard let slug = Slug("server") else {
            throw ConnectorError(code: .configuration, operation: "read a secret", message: "nobody reads it")
        }
        return slug
    }

    /// The secret that a setting refers to; nil where it refers to none.
    ///
    /// - Throws: A `configuration` error without a word of the secret.
    func secret(
        _ setting: Setting, _ environment: [String: String]
    ) throws(ConnectorError) -> SecretText? {
        try secrets(setting, environment).first
    }

    func secrets(_ setting: Setting, _ environment: [String: String]) throws(ConnectorError) -> [SecretText] {
        let value = self[setting]
        guard case .references(let references)? = value.content else { return [] }
        var secrets: [SecretText] = []
        for reference in references { secrets.append(try resolve(reference, of: value, environment)) }
        return secrets
    }

    private func resolve(
        _ reference: CredentialReference, of value: Value, _ environment: [String: String]
    ) throws(ConnectorError) -> SecretText {
        try reference.resolve(
            target: try Self.reader(), baseDirectory: value.folder ?? ".", environment: environment)
    }

    /// Where the state is.
    ///
    /// - Throws: A `configuration` error where a reference leads nowhere.
    public func stateFolder(_ environment: [String: String]) throws(ConnectorError) -> StateFolder {
        let value = self[.state]
        guard case .state(let state)? = value.content else { return StateFolder(database: ".tenure/tenure.db") }
        var database = state.text.reveal()
        if let reference = state.reference { database = try resolve(reference, of: value, environment).reveal() }
        if !PostgreSQLAddress.isAddress(database), !database.hasPrefix("/"), let folder = value.folder {
            database = folder + "/" + database
        }
        var folder = StateFolder(database: database, keys: path(.keys))
        folder.dataKeys = try dataKeys(environment)
        return folder
    }

    public func clientSecret(_ environment: [String: String]) throws(ConnectorError) -> SecretText? {
        try secret(.clientSecret, environment)
    }

    /// What secrets in the database are sealed with; nil where no key is configured.
    ///
    /// - Throws: A `configuration` error without a word of a key.
    public func dataKeys(_ environment: [String: String]) throws(ConnectorError) -> DataKeyRing? {
        var keys: [DataKey] = []
        for secret in try secrets(.dataKey, environment) + secrets(.oldDataKeys, environment) {
            do throws(PersistenceError) {
                keys.append(try DataKey(secret))
            } catch {
                throw ConnectorError(code: .configuration, operation: error.operation, message: error.message)
            }
        }
        guard let current = keys.first, self[.dataKey].content != nil else { return nil }
        return DataKeyRing(current, previous: Array(keys.dropFirst()))
    }

    /// What HR's webhooks are verified by; nil where none is configured, and none taken.
    public func hrVerifier(_ environment: [String: String]) throws(ConnectorError) -> WebhookVerifier? {
        var keys: [WebhookSignature] = []
        for secret in try secrets(.hrSecrets, environment) {
            keys.append(try WebhookSignature(secret: secret, of: try Self.reader()))
        }
        return keys.isEmpty ? nil : WebhookVerifier(keys)
    }

    public var intakeSettings: IntakeRoutes.Settings {
        var settings = IntakeRoutes.Settings()
        settings.memory = webhookMemory
        settings.snapshotLimit = snapshotLimit
        settings.takesBinary = takesBinaryEvents
        return settings
    }
}
