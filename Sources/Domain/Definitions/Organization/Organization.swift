import AccessModel

/// The organisation as its files define it: what is left once every rule has been checked.
public struct Organization: Sendable {
    public var platform: Platform
    /// Sorted by name.
    public var tenants: [Tenant]
    public var core: CoreIAM
    public var targets: [TargetDefinition]
    public var birthright: [BirthrightRule]
    /// Of all files under `policies/`, in the order of the files and within each as written.
    public var policies: [PolicyDefinition]
    /// What the policies must decide.
    public var policyCases: [PolicyCase]
    /// Lower-case hex SHA-256 over the paths and bytes of all files; equal files give an equal revision.
    public var revision: String

    public init(
        platform: Platform, tenants: [Tenant], core: CoreIAM, targets: [TargetDefinition],
        birthright: [BirthrightRule], policies: [PolicyDefinition] = [], policyCases: [PolicyCase] = [],
        revision: String
    ) {
        self.platform = platform
        self.tenants = tenants
        self.core = core
        self.targets = targets
        self.birthright = birthright
        self.policies = policies
        self.policyCases = policyCases
        self.revision = revision
    }
}
