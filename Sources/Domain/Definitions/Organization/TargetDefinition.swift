import AccessModel
import StrictJSON

/// One connected system, as `targets.yaml` gives it.
public struct TargetDefinition: Sendable {
    public enum Mode: String, Sendable, CaseIterable {
        case enforce
        /// Reads and plans, never writes.
        case report
    }

    public var name: Slug
    /// `directory`, `ldap`, `scim`, ...: the connector's registered name.
    public var connector: String
    public var isIdentityProvider: Bool
    public var covers: Coordinate
    /// First when access is revoked.
    public var isCritical: Bool
    public var mode: Mode
    /// The connector's own settings, an object; it checks them.
    public var settings: JSONValue
    /// `env:NAME`, `file:PATH`, `vault:...`, `aws-sm:...`; never a value.
    public var credential: String?
    public var limits: Limits
    public var place: SourceLocation
    public var settingPlaces = SettingPlaces()

    public struct Limits: Sendable, Hashable {
        public var requestsPerSecond: Double = 50
        public var concurrency = 8

        public init() {}
    }

    /// Where what only the connector can judge was written.
    public struct SettingPlaces: Sendable, Hashable {
        public struct Setting: Sendable, Hashable {
            public let name: SourceLocation
            public let value: SourceLocation
        }

        /// The settings as a whole; nil where none are given.
        public var whole: SourceLocation?
        /// By name; without those whose value was refused already.
        public var settings: [String: Setting] = [:]
        /// The credential, be it a reference or not.
        public var credential: SourceLocation?

        public init() {}
    }

    public init(
        name: Slug, connector: String, isIdentityProvider: Bool = false, covers: Coordinate = Coordinate(),
        isCritical: Bool = false, mode: Mode = .enforce, settings: JSONValue = .object(JSONObject()),
        credential: String? = nil, limits: Limits = Limits(), place: SourceLocation
    ) {
        self.name = name
        self.connector = connector
        self.isIdentityProvider = isIdentityProvider
        self.covers = covers
        self.isCritical = isCritical
        self.mode = mode
        self.settings = settings
        self.credential = credential
        self.limits = limits
        self.place = place
    }
}
