import AccessModel
import Definitions

/// Finds the admin groups that nobody can activate any more because of what a plan carries out.
struct LastAdmins {
    private let state: DesiredState
    private let resolver: EntryResolver

    init(_ state: DesiredState) {
        self.state = state
        resolver = EntryResolver(index: state.index.organization, input: state.input)
    }

    /// Slugs, sorted.
    func losses(of changes: [Change]) -> [String] {
        let people = Set(changes.lazy.filter(isLoss).compactMap { $0.identity?.person })
        var candidates = Set<Group>()
        for person in people {
            candidates.formUnion(adminGroups(of: person, in: state.index.organization))
            if let previous = state.index.previous {
                candidates.formUnion(adminGroups(of: person, in: previous.organization))
            }
        }
        let lost = candidates.filter { group in
            state.index.organization.groupIndices[group].map { !hasEligible($0) } ?? false
        }
        return Set(lost.compactMap { state.index.organization.groupIndices[$0] }).map {
            state.index.organization.groups[Int($0)].slug
        }.sorted()
    }

    private func isLoss(_ change: Change) -> Bool {
        change.lane == .revoke
            && !change.causes.contains { cause in
                switch cause {
                case .grant, .retention: true
                default: false
                }
            }
    }

    /// The admin groups that the person's entries are about, whether they count or not.
    private func adminGroups(of id: PersonID, in index: OrganizationIndex) -> Set<Group> {
        guard let person = state.input.roster[id]?.person else { return [] }
        let listed = person.addresses.flatMap { index.entries(bearing: $0) }
        let bound = state.index.bindings[id].compactMap { index.entry(for: $0) }
        var groups = Set<Group>()
        for number in Set(listed + bound) {
            let entry = index.entries[Int(number)]
            for group in index.units[Int(entry.unit)].groups
            where index.groups[group].group.role == .admin && index.isEligible(entry, for: UInt32(group)) {
                groups.insert(index.groups[group].group)
            }
        }
        return groups
    }

    private func hasEligible(_ group: UInt32) -> Bool {
        let index = state.index.organization
        return index.units[Int(index.groups[Int(group)].unit)].entries.contains { number in
            index.isEligible(index.entries[number], for: group) && resolver.resolve(UInt32(number)).counts
        }
    }
}
