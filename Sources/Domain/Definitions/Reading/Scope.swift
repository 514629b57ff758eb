import AccessModel

/// What is known of the organisation while its files are being read.
///
/// A part that could not be read is not known, and nothing is measured against it: one wrong line gives one
/// diagnostic, not one in each file that relies on it.
struct Scope {
    let connectors: [String: TargetAbilities]
    /// Of the files under `tenants/`, by their paths.
    var tenantNames: Set<Slug> = []
    /// With defaults for what could not be read; nil while it lacks what nothing can stand for.
    var platform: Platform?
    var sectors: [SectorDefinition] = []
    var tiers: [TierDefinition] = []
    var knowsSectors = false
    var knowsTiers = false
    /// The organisation's e-mail domains in lower case; nil while they are not known.
    var domains: [String]? {
        didSet { domainSuffixes = (domains ?? []).map { Array("@\($0)".utf8) } }
    }
    private var domainSuffixes: [[UInt8]] = []
    var targets: [Slug: TargetDefinition] = [:]
    var knowsTargets = false
    /// Where each policy is named.
    var policyNames: [Slug: SourceLocation] = [:]
    /// The longest window that anything may ask for; nil while it is not known.
    var maximumWindow: Span?

    init(connectors: [String: TargetAbilities]) { self.connectors = connectors }

    /// All that a tenant's file may refer to, from an organisation that was read whole.
    init(of organization: Organization, connectors: [String: TargetAbilities]) {
        self.connectors = connectors
        platform = organization.platform
        sectors = organization.platform.sectors
        tiers = organization.platform.tiers
        (knowsSectors, knowsTiers, knowsTargets) = (true, true, true)
        targets = Dictionary(organization.targets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        maximumWindow = organization.platform.maximumWindow
        domains = organization.platform.domains
        domainSuffixes = organization.platform.domains.map { Array("@\($0)".utf8) }
    }

    /// Whether an address is in none of the domains; never while they are not known.
    func isOutside(_ email: EmailAddress) -> Bool {
        guard !domainSuffixes.isEmpty else { return false }
        return !domainSuffixes.contains { email.ends(in: $0) }
    }

    func sector(_ name: Slug) -> SectorDefinition? { sectors.first { $0.name == name } }

    func tier(_ name: Slug) -> TierDefinition? { tiers.first { $0.name == name } }

    /// The tiers of the sectors, in the platform's order.
    func tiers(of sectors: [SectorDefinition]) -> [TierDefinition] {
        tiers.filter { tier in sectors.contains { $0.tiers?.contains(tier.name) ?? true } }
    }
}
