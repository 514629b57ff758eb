import AccessModel
import Definitions

/// Numbers the groups and entries of an organisation.
struct OrganizationIndexBuilder {
    private let organization: Organization
    private let liveTiers: Set<Slug>
    private let sectors: [Slug: SectorDefinition]
    private(set) var units: [IndexedUnit] = []
    private(set) var groups: [IndexedGroup] = []
    private(set) var entries = IndexedEntries()
    private(set) var workloads: [Workload] = []

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
        let (firstEntry, firstList) = (entries.count, entries.lists.count)
        let everybody =
            firstEntry..<(firstEntry + tenant.admins.count + tenant.contributors.count + tenant.readers.count)
        let writers = everybody.dropLast(tenant.readers.count)
        let writable = Set(tenant.standingContributorTiers).subtracting(liveTiers)
        var standing: [IndexedUnit.Standing] = []
        for tier in organization.platform.tiers {
            let having = tenant.sectors.filter { has(sector: $0, tier: tier.name) }
            guard !having.isEmpty else { continue }
            for role in Role.allCases.sorted() {
                let group = UInt32(groups.count)
                if role == .reader { standing.append(IndexedUnit.Standing(group: group, entries: everybody)) }
                if role == .contributor, writable.contains(tier.name) {
                    standing.append(IndexedUnit.Standing(group: group, entries: writers))
                }
                append(
                    Group(tenant: tenant.name, tier: tier.name, role: role), unit: unit, sectors: having,
                    place: tenant.place)
            }
        }
        let lists: [(IndexedEntry.List, [ListedPerson])] = [
            (.admins, tenant.admins), (.contributors, tenant.contributors), (.readers, tenant.readers),
        ]
        for (list, people) in lists { entries.append(people, unit: unit, list: list) }
        workloads += tenant.workloads
        units.append(
            IndexedUnit(
                name: tenant.name, isCore: false, entries: everybody, lists: firstList..<entries.lists.count,
                groups: firstGroup..<groups.count, standing: standing))
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
        let (firstEntry, firstList) = (entries.count, entries.lists.count)
        let byGroup = Dictionary(declared.map { ($0.group, $0) }, uniquingKeysWith: { first, _ in first })
        for tier in organization.platform.tiers where has(sector: sector.name, tier: tier.name) {
            for role in Role.allCases.sorted() {
                let group = Group(tenant: sector.name, tier: tier.name, role: role)
                append(group, unit: unit, sectors: [sector.name], place: byGroup[group]?.place ?? sector.place)
            }
        }
        for number in firstGroup..<groups.count {
            guard let core = byGroup[groups[number].group] else { continue }
            entries.append(core.members, unit: unit, list: .core(group: UInt32(number)))
            workloads += core.workloads
        }
        let lists = firstList..<entries.lists.count
        units.append(
            IndexedUnit(
                name: sector.name, isCore: true, entries: firstEntry..<entries.count, lists: lists,
                groups: firstGroup..<groups.count, standing: readers(firstGroup..<groups.count, lists)))
    }

    /// Whoever is listed in a core group of a tier is a reader of the tier; groups and lists stand tier by tier.
    private func readers(_ groups: Range<Int>, _ lists: Range<Int>) -> [IndexedUnit.Standing] {
        groups.filter { self.groups[$0].group.role == .reader }.compactMap { group in
            let ofTier = lists.map { entries.lists[$0] }.filter { list in
                guard case .core(let own) = list.kind else { return false }
                return self.groups[Int(own)].group.tier == self.groups[group].group.tier
            }
            guard let first = ofTier.first, let last = ofTier.last else { return nil }
            return IndexedUnit.Standing(group: UInt32(group), entries: first.first..<last.first + last.people.count)
        }
    }

    private mutating func append(_ group: Group, unit: UInt32, sectors: [Slug], place: SourceLocation) {
        groups.append(
            IndexedGroup(
                group: group, slug: organization.slug(of: group), unit: unit,
                isLive: liveTiers.contains(group.tier), sectors: sectors, place: place))
    }

    private func has(sector: Slug, tier: Slug) -> Bool {
        guard let definition = sectors[sector] else { return false }
        return definition.tiers?.contains(tier) ?? true
    }

    func entriesByAddress() -> NumberTable {
        var table = NumberTable(capacity: entries.count)
        for list in entries.lists {
            for number in list.people.indices {
                table.insert(UInt32(list.first + number), hash: list.people[number].email.hashValue)
            }
        }
        return table
    }
}
