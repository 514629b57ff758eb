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
        guard !people.isEmpty else { return [] }
        var candidates = adminGroups(of: people, in: state.index.organization)
        if let previous = state.index.previous {
            candidates.formUnion(adminGroups(of: people, in: previous.organization))
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

    /// The admin groups that the people's entries are about, whether they count or not.
    private func adminGroups(of people: Set<PersonID>, in index: OrganizationIndex) -> Set<Group> {
        // Of a few people by what they are listed as, of many by who is listed: each costs by the smaller number.
        let entries =
            people.count <= 16
            ? Set(people.flatMap { self.entries(of: $0, in: index) })
            : Set(index.entries.indices.lazy.map(UInt32.init).filter { isAbout(people, $0, in: index) })
        var groups = Set<Group>()
        for number in entries {
            let entry = index.entries[Int(number)]
            for group in index.units[Int(entry.unit)].groups
            where index.groups[group].group.role == .admin && index.isEligible(entry, for: UInt32(group)) {
                groups.insert(index.groups[group].group)
            }
        }
        return groups
    }

    private func entries(of id: PersonID, in index: OrganizationIndex) -> [UInt32] {
        guard let person = state.input.roster[id]?.person else { return [] }
        return person.addresses.flatMap { index.entries(bearing: $0) }
            + state.index.bindings[id].compactMap { index.entry(for: $0) }
    }

    /// Whether an entry that can make somebody an admin bears an address of one of them, or was applied for one.
    private func isAbout(_ people: Set<PersonID>, _ number: UInt32, in index: OrganizationIndex) -> Bool {
        switch index.entries[Int(number)].list {
        case .contributors, .readers: return false
        case .admins, .core: break
        }
        let roster = state.input.roster
        if roster.indices(bearing: index.entries[Int(number)].email).contains(where: {
            people.contains(roster.states[Int($0)].person.id)
        }) {
            return true
        }
        return state.input.recorded.bindings[index.key(of: Int(number))].map { people.contains($0.person) } ?? false
    }

    private func hasEligible(_ group: UInt32) -> Bool {
        let index = state.index.organization
        return index.units[Int(index.groups[Int(group)].unit)].entries.contains { number in
            index.isEligible(index.entries[number], for: group) && resolver.resolve(UInt32(number)).counts
        }
    }
}
