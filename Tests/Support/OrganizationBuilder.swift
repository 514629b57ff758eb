import AccessModel
import Definitions

/// An organisation made by hand: what the files would say, with places as if they were files.
public struct OrganizationBuilder: Sendable {
    public var organization: Organization

    /// Mountainlab without tenants: core sectors platform and security, sectors ecommerce and logistics, tiers sandbox
    /// and live, and one target, `corp`.
    public init() {
        func place(_ line: Int) -> SourceLocation { SourceLocation(file: "platform.yaml", line: line, column: 5) }
        let sectors = [
            SectorDefinition(name: Sample.slug("platform"), isCore: true, place: place(4)),
            SectorDefinition(name: Sample.slug("security"), isCore: true, place: place(5)),
            SectorDefinition(name: Sample.slug("ecommerce"), place: place(6)),
            SectorDefinition(name: Sample.slug("logistics"), place: place(7)),
        ]
        let tiers = [
            TierDefinition(name: Sample.slug("sandbox"), isLive: false),
            TierDefinition(name: Sample.slug("live"), isLive: true),
        ]
        organization = Organization(
            platform: Platform(
                organization: Sample.slug("mountainlab"), domains: ["mountainlab.io"], sectors: sectors, tiers: tiers),
            tenants: [], core: CoreIAM(), targets: [], birthright: [], revision: "revision-1")
        target("corp", isIdentityProvider: true)
    }

    public mutating func tenant(
        _ name: String, sectors: [String] = ["ecommerce"], admins: [String] = [], contributors: [String] = [],
        readers: [String] = [], standing: [String] = []
    ) {
        let file = "tenants/\(name).yaml"
        func list(_ names: [String], _ line: Int) -> [ListedPerson] {
            names.enumerated().map { offset, name in
                ListedPerson(
                    email: Sample.email(name), place: SourceLocation(file: file, line: line, column: 13 + 10 * offset))
            }
        }
        organization.tenants.append(
            Tenant(
                name: Sample.slug(name), sectors: sectors.map(Sample.slug), admins: list(admins, 4),
                contributors: list(contributors, 5), readers: list(readers, 6),
                standingContributorTiers: standing.map(Sample.slug),
                place: SourceLocation(file: file, line: 1, column: 1)))
        organization.tenants.sort { $0.name < $1.name }
    }

    /// A workload of a tenant's operator group.
    public mutating func workload(_ tenant: String, _ tier: String, _ name: String) {
        guard let index = organization.tenants.firstIndex(where: { $0.name.text == tenant }) else { return }
        let line = 8 + organization.tenants[index].workloads.count
        organization.tenants[index].workloads.append(
            Workload(
                tenant: Sample.slug(tenant), tier: Sample.slug(tier), name: Sample.slug(name),
                issuer: "https://token.actions.githubusercontent.com",
                subject: "repo:mountainlab/\(tenant):environment:\(tier)", audience: "api://tenure",
                place: SourceLocation(file: "tenants/\(tenant).yaml", line: line, column: 3)))
    }

    /// A workload that has a secret with a time to live.
    public mutating func workload(
        _ tenant: String, _ tier: String, _ name: String, secretFor timeToLive: Span, until end: Workload.End? = nil
    ) {
        guard let index = organization.tenants.firstIndex(where: { $0.name.text == tenant }) else { return }
        let line = 8 + organization.tenants[index].workloads.count
        organization.tenants[index].workloads.append(
            Workload(
                tenant: Sample.slug(tenant), tier: Sample.slug(tier), name: Sample.slug(name), issuer: "", subject: "",
                audience: "", secretTimeToLive: timeToLive, end: end,
                place: SourceLocation(file: "tenants/\(tenant).yaml", line: line, column: 3)))
    }

    /// A core group, `platform/live/admin`.
    public mutating func core(_ path: String, members: [String] = []) {
        let group = Sample.group(path)
        let line = 10 + organization.core.groups.count
        let file = "core-iam.yaml"
        organization.core.groups.append(
            CoreGroup(
                group: group, slug: "\(group.tenant)-\(group.tier)-\(group.role.plural)",
                members: members.enumerated().map { offset, name in
                    ListedPerson(
                        email: Sample.email(name),
                        place: SourceLocation(file: file, line: line, column: 40 + 10 * offset))
                }, place: SourceLocation(file: file, line: line, column: 11)))
    }

    public mutating func crossSectorRead(_ slug: String, sector: String, tier: String) {
        organization.core.crossSectorReads.append(
            CrossSectorRead(
                groupSlug: slug, targetSector: Sample.slug(sector), targetTier: Sample.slug(tier), reason: "metrics",
                place: SourceLocation(
                    file: "core-iam.yaml", line: 40 + organization.core.crossSectorReads.count, column: 3)))
    }

    public mutating func target(
        _ name: String, covers: Coordinate = Coordinate(), isIdentityProvider: Bool = false, isCritical: Bool = false,
        mode: TargetDefinition.Mode = .enforce
    ) {
        organization.targets.append(
            TargetDefinition(
                name: Sample.slug(name), connector: "directory", isIdentityProvider: isIdentityProvider, covers: covers,
                isCritical: isCritical, mode: mode,
                place: SourceLocation(file: "targets.yaml", line: 2 + organization.targets.count, column: 5)))
    }

    /// A rule of birthright.yaml; groups are in `corp`.
    public mutating func rule(
        _ name: String, match: [BirthrightRule.Condition] = [], accounts: [String] = [], groups: [String] = []
    ) {
        organization.birthright.append(
            BirthrightRule(
                name: name, match: match, accounts: accounts.map(Sample.slug),
                groups: groups.map { .init(target: Sample.slug("corp"), name: $0) },
                place: SourceLocation(file: "birthright.yaml", line: 2 + organization.birthright.count, column: 5)))
    }
}
