import AccessModel
import Definitions

/// An organisation, made ready for being asked: numbered groups, and for an address the entries that it stands in.
///
/// It is built once for a revision and used for every plan of it. What concerns one person is then found by that
/// person's addresses, whatever the size of the organisation.
public struct OrganizationIndex: Sendable {
    let organization: Organization
    let units: [IndexedUnit]
    /// By unit, tier and role.
    let groups: [IndexedGroup]
    let entries: IndexedEntries
    let workloads: [Workload]
    let rules: [BirthrightRule]
    let reads: [IndexedRead]
    let groupIndices: [Group: UInt32]
    /// The first group of each slug, in lower case.
    private let groupOfSlug: [String: UInt32]
    private let unitIndices: [Slug: UInt32]
    private let workloadIndices: [IdentityID: UInt32]
    /// Numbers of ``entries``, by folded address.
    private let entriesByAddress: NumberTable

    /// A cross-sector read whose group exists.
    struct IndexedRead: Sendable {
        let group: UInt32
        let read: CrossSectorRead
    }

    public init(_ organization: Organization) { self.init(organization, includesCore: true) }

    /// Without the core it is about the tenants alone.
    init(_ organization: Organization, includesCore: Bool) {
        var builder = OrganizationIndexBuilder(organization)
        builder.addTenants()
        if includesCore { builder.addCore() }
        self.organization = organization
        units = builder.units
        groups = builder.groups
        entries = builder.entries
        workloads = builder.workloads
        rules = organization.birthright
        groupIndices = Dictionary(
            builder.groups.enumerated().map { ($1.group, UInt32($0)) }, uniquingKeysWith: { first, _ in first })
        groupOfSlug = Dictionary(
            builder.groups.enumerated().map { (foldedASCII($1.slug), UInt32($0)) },
            uniquingKeysWith: { first, _ in first })
        unitIndices = Dictionary(
            builder.units.enumerated().map { ($1.name, UInt32($0)) }, uniquingKeysWith: { first, _ in first })
        workloadIndices = Dictionary(
            builder.workloads.enumerated().map { ($1.identity, UInt32($0)) }, uniquingKeysWith: { first, _ in first })
        entriesByAddress = builder.entriesByAddress()
        let slugs = Dictionary(
            builder.groups.enumerated().lazy.filter { builder.units[Int($1.unit)].isCore }.map {
                ($1.slug, UInt32($0))
            }, uniquingKeysWith: { first, _ in first })
        reads = organization.core.crossSectorReads.compactMap { read in
            slugs[read.groupSlug].map { IndexedRead(group: $0, read: read) }
        }
    }

    func unit(named name: Slug) -> UInt32? { unitIndices[name] }
    /// The tenant or core sector that has a group of that name.
    func owner(ofSlug slug: String) -> Slug? {
        groupOfSlug[foldedASCII(slug)].map { units[Int(groups[Int($0)].unit)].name }
    }

    func workload(_ identity: IdentityID) -> UInt32? { workloadIndices[identity] }

    /// The entries that bear the address, in their order.
    func entries(bearing address: EmailAddress) -> [UInt32] {
        var found: [UInt32] = []
        entriesByAddress.visit(hash: address.hashValue) { number in
            if entries.email(Int(number)) == address { found.append(number) }
            return true
        }
        return found
    }

    func key(of entry: Int) -> RecordedState.EntryKey {
        RecordedState.EntryKey(
            tenant: units[Int(entries[entry].unit)].name, list: listName(entries[entry].list),
            address: entries[entry].email.folded)
    }

    func entry(for key: RecordedState.EntryKey) -> UInt32? {
        guard let address = EmailAddress(key.address), let unit = unit(named: key.tenant) else { return nil }
        return entries(bearing: address).first { number in
            let entry = entries[Int(number)]
            return entry.unit == unit && listName(entry.list) == key.list
        }
    }

    func listName(_ list: IndexedEntry.List) -> String {
        switch list {
        case .admins: "admins"
        case .contributors: "contributors"
        case .readers: "readers"
        case .core(let group): groups[Int(group)].slug
        }
    }

    /// Whether an entry makes its person stand in a group.
    func stands(_ number: Int, in group: UInt32) -> Bool {
        units[Int(groups[Int(group)].unit)].standing.contains { $0.group == group && $0.entries.contains(number) }
    }

    /// Whether an entry makes its person eligible for a window on a group.
    func isEligible(_ entry: IndexedEntry, for number: UInt32) -> Bool {
        let wanted = groups[Int(number)]
        guard entry.unit == wanted.unit else { return false }
        switch (wanted.group.role, entry.list) {
        case (.admin, .admins), (.contributor, .admins), (.contributor, .contributors): return true
        case (.contributor, .readers): return !wanted.isLive
        case (.admin, .core(let own)), (.contributor, .core(let own)):
            let listed = groups[Int(own)].group
            return listed.tier == wanted.group.tier && listed.role >= wanted.group.role && listed.role != .operator
        default: return false
        }
    }
}

extension RandomAccessCollection {
    /// The first index whose element satisfies `isAfter`, of a collection in which those come last.
    func partitioningIndex(where isAfter: (Element) -> Bool) -> Index {
        var low = startIndex
        var count = self.count
        while count > 0 {
            let half = count / 2
            let middle = index(low, offsetBy: half)
            if isAfter(self[middle]) {
                count = half
            } else {
                low = index(after: middle)
                count -= half + 1
            }
        }
        return low
    }
}
