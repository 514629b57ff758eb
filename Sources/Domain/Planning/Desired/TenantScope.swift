import AccessModel
import Definitions

/// What a plan of some changed tenants is about, and what the rest of the organisation says meanwhile.
struct TenantScope: Sendable {
    let names: Set<Slug>
    /// What the tenants' groups are called, before the change and after it; in lower case.
    let slugs: Set<String>
    private let index: RevisedIndex

    init(_ index: RevisedIndex) {
        self.index = index
        names = index.names
        var slugs = Set(index.changed.organization.groups.map { foldedASCII($0.slug) })
        for group in index.changed.previous?.organization.groups ?? [] where !index.isElsewhere(slug: group.slug) {
            slugs.insert(foldedASCII(group.slug))
        }
        self.slugs = slugs
    }

    func covers(slug: String?) -> Bool { slug.map { slugs.contains(foldedASCII($0)) } ?? false }

    func covers(workload identity: IdentityID) -> Bool {
        if case .workload(let tenant, _, _) = identity { names.contains(tenant) } else { false }
    }

    /// What tenants that did not change, the core and birthright make these people hold.
    func elsewhere(_ people: [UInt32], _ input: PlanningInput) -> [DesiredState] {
        let ids = Set(people.map { input.roster.states[Int($0)].person.id })
        var rests = [
            DesiredBuilder.build(input, index: index.base, narrowedTo: ids) { index.isUntouched($0) }
        ]
        if !index.settledIndex.organization.units.isEmpty {
            rests.append(
                DesiredBuilder.build(input, index: index.settledIndex, narrowedTo: ids) { !names.contains($0) })
        }
        return rests
    }
}
