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
        var people = Set<PersonID>()
        for number in changes.indices where changes[number].lane == .revoke && isLoss(changes[number].causes) {
            if let person = changes[number].identity?.person { people.insert(person) }
        }
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

    private func isLoss(_ causes: [Cause]) -> Bool {
        !causes.contains { cause in
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
            : adminEntries(of: people, in: index)
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

    /// Entries that can make somebody an admin and bear an address of one of them, or were applied for one.
    private func adminEntries(of people: Set<PersonID>, in index: OrganizationIndex) -> Set<UInt32> {
        let (roster, bindings) = (state.input.roster, state.input.recorded.bindings)
        var found = Set<UInt32>()
        for list in index.entries.lists where list.kind != .contributors && list.kind != .readers {
            let bound = bindings.list(index.listName(list.kind), of: index.units[Int(list.unit)].name)
            for (number, listed) in list.people.enumerated() {
                let isAbout =
                    roster.indices(bearing: listed.email).contains { people.contains(roster.ids[Int($0)]) }
                    || bound[listed.email.folded].map { people.contains($0.person) } ?? false
                if isAbout { found.insert(UInt32(list.first + number)) }
            }
        }
        return found
    }

    private func hasEligible(_ group: UInt32) -> Bool {
        let index = state.index.organization
        return index.units[Int(index.groups[Int(group)].unit)].entries.contains { number in
            index.isEligible(index.entries[number], for: group) && resolver.resolve(UInt32(number)).counts
        }
    }
}
