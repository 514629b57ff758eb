import AccessModel
import StrictJSON

/// What a connector is made from: the target's settings and its credential, resolved.
public struct ConnectorConfiguration: Sendable {
    public let target: Slug
    /// An object; the connector refuses what it does not know.
    public let settings: JSONValue
    /// From the target's `credential` reference; nil where it has none.
    public let credential: SecretText?
    /// Reads ``credential`` once more, for what signs in again and again: a file may hold another one by now. Nil where
    /// the target has none.
    public let readCredential: CredentialReader?
    /// What relative paths in the settings start from.
    public let baseDirectory: String
    public let organization: Slug
    /// Of the wall, for receipts.
    public let clock: @Sendable () -> Instant

    /// - Parameter readCredential: Nil: the credential stays as it is.
    public init(
        target: Slug, settings: JSONValue, credential: SecretText?, readCredential: CredentialReader? = nil,
        baseDirectory: String, organization: Slug, clock: @escaping @Sendable () -> Instant
    ) {
        self.target = target
        self.settings = settings
        self.credential = credential
        self.readCredential = readCredential ?? credential.map(Self.reader)
        self.baseDirectory = baseDirectory
        self.organization = organization
        self.clock = clock
    }

    private static func reader(of credential: SecretText) -> CredentialReader {
        { () throws(ConnectorError) in credential }
    }
}

/// One kind of connector, as it is registered under a name: one line a system.
public struct ConnectorFactory: Sendable {
    public let name: String
    /// Known without reaching the target, so that definitions can be validated and planned offline.
    public let abilities: TargetAbilities
    /// What its targets may and must be set to.
    public let settings: SettingsSchema
    public let make: @Sendable (ConnectorConfiguration) throws(ConnectorError) -> any Connector

    public init(
        name: String, abilities: TargetAbilities, settings: SettingsSchema,
        make: @escaping @Sendable (ConnectorConfiguration) throws(ConnectorError) -> any Connector
    ) {
        self.name = name
        self.abilities = abilities
        self.settings = settings
        self.make = make
    }
}
