import AccessModel

/// What `platform.yaml` says.
public struct Platform: Sendable {
    public var organization: Slug
    /// The organisation's e-mail domains, in lower case.
    public var domains: [String]
    public var sectors: [SectorDefinition]
    public var tiers: [TierDefinition]
    public var regions: [Slug]
    public var naming: Naming
    /// By ``JITKey``; as written, before defaults are filled in.
    public var jit: [JITKey: JITOverride]
    /// What a compliance regime tightens; `pci-dss` and `hipaa` are built in where the file is silent.
    public var compliance: [Slug: [JITKey: JITOverride]]
    public var maximumWindow: Span
    /// How many days somebody of a kind is here at most, from their first day on, whatever end HR names.
    public var maximumStay: [Person.Kind: Int] = [:]
    public var guards: Guards
    public var mover: MoverRule
    public var breakGlass: BreakGlassRule?
    /// Groups that nobody may hold together.
    public var separations: [SeparationRule]
    /// An IANA name; where a bare date begins and ends.
    public var timezone: String
    /// How long a disabled account is kept before it is deleted.
    public var disabledAccountRetention: Span

    public init(
        organization: Slug, domains: [String], sectors: [SectorDefinition], tiers: [TierDefinition],
        regions: [Slug] = [], naming: Naming = Naming(), jit: [JITKey: JITOverride] = [:],
        compliance: [Slug: [JITKey: JITOverride]] = [:], maximumWindow: Span = .hours(12), guards: Guards = Guards(),
        mover: MoverRule = MoverRule(), breakGlass: BreakGlassRule? = nil, separations: [SeparationRule] = [],
        timezone: String = "UTC",
        disabledAccountRetention: Span = .days(30)
    ) {
        self.organization = organization
        self.domains = domains
        self.sectors = sectors
        self.tiers = tiers
        self.regions = regions
        self.naming = naming
        self.jit = jit
        self.compliance = compliance
        self.maximumWindow = maximumWindow
        self.guards = guards
        self.mover = mover
        self.breakGlass = breakGlass
        self.separations = separations
        self.timezone = timezone
        self.disabledAccountRetention = disabledAccountRetention
    }
}

/// A business domain, or, if it is core, a domain of the platform team.
public struct SectorDefinition: Sendable {
    public var name: Slug
    public var isCore: Bool
    /// Nil: every tier of the platform.
    public var tiers: [Slug]?
    public var jit: [JITKey: JITOverride]
    public var place: SourceLocation

    public init(
        name: Slug, isCore: Bool = false, tiers: [Slug]? = nil, jit: [JITKey: JITOverride] = [:],
        place: SourceLocation
    ) {
        self.name = name
        self.isCore = isCore
        self.tiers = tiers
        self.jit = jit
        self.place = place
    }
}

/// A tier. In a live one nobody writes without a window.
public struct TierDefinition: Sendable {
    public var name: Slug
    public var isLive: Bool

    public init(name: Slug, isLive: Bool) {
        self.name = name
        self.isLive = isLive
    }
}

/// When removals are held for a second person; FORMATS, Guards.
public struct Guards: Sendable, Hashable {
    public var maximumRemovalsPercent: Double = 5
    public var maximumRemovalsPeople = 10
    public var maximumLeaversPerHour = 10

    public init() {}

    /// The first person of the hour, whose removals go on whatever else is held; nil where nobody of `people` is.
    ///
    /// It is who went alone within the hour already, as `recent` says. Where nobody went, and a ceiling of 0 would keep
    /// even one person in, it is the lowest id. From a ceiling of 1 on, too many at once are held all together: a
    /// mistake has no first person.
    public func firstPerson<ID: Comparable & Hashable>(among people: Set<ID>, recent: Set<ID>) -> ID? {
        if recent.isEmpty { return maximumRemovalsPeople == 0 ? people.min() : nil }
        return recent.count == 1 ? recent.intersection(people).first : nil
    }
}

/// How long a mover keeps what the files still list.
public struct MoverRule: Sendable, Hashable {
    /// After the move, until a stale entry stops counting.
    public var grace: Span = .days(7)
    /// An entry first seen no longer than this before the move is not stale.
    public var fresh: Span = .days(30)

    public init() {}
}

/// Who may break the glass, and for how long.
public struct BreakGlassRule: Sendable {
    public var people: [ListedPerson]
    public var maximumDuration: Span
    public var reviewWithin: Span

    public init(people: [ListedPerson], maximumDuration: Span, reviewWithin: Span) {
        self.people = people
        self.maximumDuration = maximumDuration
        self.reviewWithin = reviewWithin
    }
}
