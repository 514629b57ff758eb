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

    /// The slugs of the groups, and of each the people whom the changes take out of those who were eligible for it.
    func losses(of changes: [Change]) -> [String: Set<PersonID>] {
        var people = Set<PersonID>()
        for number in changes.indices where changes[number].lane == .revoke && isLoss(changes[number].causes) {
            if let person = changes[number].identity?.person { people.insert(person) }
        }
        guard !people.isEmpty else { return [:] }
        var candidates = adminGroups(of: people, in: state.index.organization)
        if let previous = state.index.previous {
            candidates.merge(adminGroups(of: people, in: previous.organization)) { $0.union($1) }
        }
        var losses: [String: Set<PersonID>] = [:]
        for (group, people) in candidates {
            guard let number = state.index.organization.groupIndices[group], !hasEligible(number) else { continue }
            losses[state.index.organization.groups[Int(number)].slug, default: []].formUnion(people)
        }
        return losses
    }

    private func isLoss(_ causes: [Cause]) -> Bool {
        !causes.contains { cause in
            switch cause {
            case .grant, .retention: true
            default: false
            }
        }
    }

    /// The admin groups that the people's entries are about, whether they count or not, with whom of them.
    private func adminGroups(of people: Set<PersonID>, in index: OrganizationIndex) -> [Group: Set<PersonID>] {
        // Of a few people by what they are listed as, of many by who is listed: each costs by the smaller number.
        let entries =
            people.count <= 16
            ? people.flatMap { person in self.entries(of: person, in: index).map { ($0, person) } }
            : adminEntries(of: people, in: index)
        var groups: [Group: Set<PersonID>] = [:]
        for (number, person) in entries {
            let entry = index.entries[Int(number)]
            for group in index.units[Int(entry.unit)].groups
            where index.groups[group].group.role == .admin && index.isEligible(entry, for: UInt32(group)) {
                groups[index.groups[group].group, default: []].insert(person)
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
    private func adminEntries(
        of people: Set<PersonID>, in index: OrganizationIndex
    ) -> [(entry: UInt32, person: PersonID)] {
        let (roster, bindings) = (state.input.roster, state.input.recorded.bindings)
        var found: [(entry: UInt32, person: PersonID)] = []
        for list in index.entries.lists where list.kind != .contributors && list.kind != .readers {
            let bound = bindings.list(index.listName(list.kind), of: index.units[Int(list.unit)].name)
            for (number, listed) in list.people.enumerated() {
                var bearers = Set(roster.indices(bearing: listed.email).map { roster.ids[Int($0)] })
                if let binding = bound[listed.email.folded] { bearers.insert(binding.person) }
                for person in bearers.intersection(people) { found.append((UInt32(list.first + number), person)) }
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
