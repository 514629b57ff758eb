import AccessModel

/// What `tenants/NAME.yaml` says.
public struct Tenant: Sendable {
    public var name: Slug
    public var sectors: [Slug]
    public var admins: [ListedPerson]
    public var contributors: [ListedPerson]
    public var readers: [ListedPerson]
    /// Tiers, not live, in which contributors and admins stand as contributors.
    public var standingContributorTiers: [Slug]
    public var workloads: [Workload]
    public var jitOverrides: [JITKey: JITOverride]
    public var compliance: [Slug]
    public var place: SourceLocation

    public init(
        name: Slug, sectors: [Slug], admins: [ListedPerson] = [], contributors: [ListedPerson] = [],
        readers: [ListedPerson] = [], standingContributorTiers: [Slug] = [], workloads: [Workload] = [],
        jitOverrides: [JITKey: JITOverride] = [:], compliance: [Slug] = [], place: SourceLocation
    ) {
        self.name = name
        self.sectors = sectors
        self.admins = admins
        self.contributors = contributors
        self.readers = readers
        self.standingContributorTiers = standingContributorTiers
        self.workloads = workloads
        self.jitOverrides = jitOverrides
        self.compliance = compliance
        self.place = place
    }
}

/// One name in one list: an address, and where it is written.
public struct ListedPerson: Sendable, Hashable {
    public let email: EmailAddress
    public let place: SourceLocation

    public init(email: EmailAddress, place: SourceLocation) {
        self.email = email
        self.place = place
    }
}
