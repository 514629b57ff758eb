import AccessModel

/// What `core-iam.yaml` says: the platform team's own groups.
public struct CoreIAM: Sendable {
    /// The target where people's accounts and groups live.
    public var identityProvider: Slug?
    public var jitTool: JITTool
    public var groups: [CoreGroup]
    public var crossSectorReads: [CrossSectorRead]

    public init(
        identityProvider: Slug? = nil, jitTool: JITTool = .tenure, groups: [CoreGroup] = [],
        crossSectorReads: [CrossSectorRead] = []
    ) {
        self.identityProvider = identityProvider
        self.jitTool = jitTool
        self.groups = groups
        self.crossSectorReads = crossSectorReads
    }

    public enum JITTool: String, Sendable, CaseIterable {
        case tenure
        case azurePIM = "azure-pim"
        case awsIdentityCenter = "aws-identity-center"
        case gcpPAM = "gcp-pam"
        case teleport
    }
}

/// A group of the platform team. Its `group.tenant` is the core sector.
public struct CoreGroup: Sendable {
    public var group: Group
    /// As written; must be what the naming template gives.
    public var slug: String
    /// Readers hold it standing; of admins and contributors, who is eligible.
    public var members: [ListedPerson]
    public var workloads: [Workload]
    public var jit: JITOverride?
    /// Slug of the group that each eligible person must be in.
    public var eligibleFrom: String?
    public var place: SourceLocation

    public init(
        group: Group, slug: String, members: [ListedPerson] = [], workloads: [Workload] = [], jit: JITOverride? = nil,
        eligibleFrom: String? = nil, place: SourceLocation
    ) {
        self.group = group
        self.slug = slug
        self.members = members
        self.workloads = workloads
        self.jit = jit
        self.eligibleFrom = eligibleFrom
        self.place = place
    }
}

/// A role assignment, `reader`, of a core group in another sector.
public struct CrossSectorRead: Sendable {
    public var groupSlug: String
    public var targetSector: Slug
    public var targetTier: Slug
    public var reason: String
    public var place: SourceLocation

    public init(groupSlug: String, targetSector: Slug, targetTier: Slug, reason: String, place: SourceLocation) {
        self.groupSlug = groupSlug
        self.targetSector = targetSector
        self.targetTier = targetTier
        self.reason = reason
        self.place = place
    }
}
