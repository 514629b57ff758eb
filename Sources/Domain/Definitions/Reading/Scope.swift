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
    var domains: Set<String>?
    var targets: [Slug: TargetDefinition] = [:]
    var knowsTargets = false
    /// The longest window that anything may ask for; nil while it is not known.
    var maximumWindow: Span?

    init(connectors: [String: TargetAbilities]) { self.connectors = connectors }

    func sector(_ name: Slug) -> SectorDefinition? { sectors.first { $0.name == name } }

    func tier(_ name: Slug) -> TierDefinition? { tiers.first { $0.name == name } }

    /// The tiers of the sectors, in the platform's order.
    func tiers(of sectors: [SectorDefinition]) -> [TierDefinition] {
        tiers.filter { tier in sectors.contains { $0.tiers?.contains(tier.name) ?? true } }
    }
}
