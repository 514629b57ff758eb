import AccessModel
import Definitions

/// Numbers the groups and entries of an organisation.
struct OrganizationIndexBuilder {
    private let organization: Organization
    private let liveTiers: Set<Slug>
    private let sectors: [Slug: SectorDefinition]
    private(set) var units: [IndexedUnit] = []
    private(set) var groups: [IndexedGroup] = []
    private(set) var entries: [IndexedEntry] = []
    private(set) var workloads: [Workload] = []
    private(set) var standingContributorGroups: [[UInt32]] = []

    init(_ organization: Organization) {
        self.organization = organization
        liveTiers = Set(organization.platform.tiers.filter(\.isLive).map(\.name))
        sectors = Dictionary(
            organization.platform.sectors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func addTenants() {
        for tenant in organization.tenants { add(tenant) }
    }

    private mutating func add(_ tenant: Tenant) {
        let unit = UInt32(units.count)
        let firstGroup = groups.count
        let firstEntry = entries.count
        let standing = Set(tenant.standingContributorTiers).subtracting(liveTiers)
        var standingGroups: [UInt32] = []
        for tier in organization.platform.tiers {
            let having = tenant.sectors.filter { has(sector: $0, tier: tier.name) }
            guard !having.isEmpty else { continue }
            for role in Role.allCases.sorted() {
                if role == .contributor, standing.contains(tier.name) { standingGroups.append(UInt32(groups.count)) }
                append(
                    Group(tenant: tenant.name, tier: tier.name, role: role), unit: unit, sectors: having,
                    place: tenant.place)
            }
        }
        let lists: [(IndexedEntry.List, [ListedPerson])] = [
            (.admins, tenant.admins), (.contributors, tenant.contributors), (.readers, tenant.readers),
        ]
        for (list, people) in lists { append(people, unit: unit, list: list) }
        workloads += tenant.workloads
        standingContributorGroups.append(standingGroups)
        units.append(
            IndexedUnit(
                name: tenant.name, isCore: false, entries: firstEntry..<entries.count,
                groups: firstGroup..<groups.count))
    }

    /// A core sector has every role in each of its tiers, whether core-iam.yaml names it or not.
    mutating func addCore() {
        let declared = Dictionary(grouping: organization.core.groups, by: \.group.tenant)
        for sector in organization.platform.sectors.filter(\.isCore).sorted(by: { $0.name < $1.name }) {
            add(core: sector, declared: declared[sector.name] ?? [])
        }
    }

    private mutating func add(core sector: SectorDefinition, declared: [CoreGroup]) {
        let unit = UInt32(units.count)
        let firstGroup = groups.count
        let firstEntry = entries.count
        let byGroup = Dictionary(declared.map { ($0.group, $0) }, uniquingKeysWith: { first, _ in first })
        for tier in organization.platform.tiers where has(sector: sector.name, tier: tier.name) {
            for role in Role.allCases.sorted() {
                let group = Group(tenant: sector.name, tier: tier.name, role: role)
                append(group, unit: unit, sectors: [sector.name], place: byGroup[group]?.place ?? sector.place)
            }
        }
        for number in firstGroup..<groups.count {
            guard let core = byGroup[groups[number].group] else { continue }
            append(core.members, unit: unit, list: .core(group: UInt32(number)))
            workloads += core.workloads
        }
        standingContributorGroups.append([])
        units.append(
            IndexedUnit(
                name: sector.name, isCore: true, entries: firstEntry..<entries.count, groups: firstGroup..<groups.count)
        )
    }

    private mutating func append(_ group: Group, unit: UInt32, sectors: [Slug], place: SourceLocation) {
        groups.append(
            IndexedGroup(
                group: group, slug: organization.slug(of: group), unit: unit,
                isLive: liveTiers.contains(group.tier), sectors: sectors, place: place))
    }

    private mutating func append(_ people: [ListedPerson], unit: UInt32, list: IndexedEntry.List) {
        for person in people {
            entries.append(IndexedEntry(email: person.email, place: person.place, unit: unit, list: list))
        }
    }

    private func has(sector: Slug, tier: Slug) -> Bool {
        guard let definition = sectors[sector] else { return false }
        return definition.tiers?.contains(tier) ?? true
    }

    func groups(of role: Role) -> [[UInt32]] {
        units.map { unit in unit.groups.filter { groups[$0].group.role == role }.map(UInt32.init) }
    }

    func entriesByAddress() -> NumberTable {
        var table = NumberTable(capacity: entries.count)
        for number in entries.indices { table.insert(UInt32(number), hash: entries[number].email.hashValue) }
        return table
    }
}
