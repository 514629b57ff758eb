import AccessModel
import Definitions
import Planning

extension PolicyWorld {
    /// Who may give an approval that is asked for, by id: distinct people who are active, never the requester.
    ///
    /// In a group are those who hold it standing and those who may ask for a window on it.
    public func approvers(
        for requirement: ApprovalRequirement, group: Group, requester: PersonID
    ) -> [PersonID] {
        let eligibility = WindowEligibility(input, index: index)
        switch requirement.from {
        case .approvers:
            return eligibility.approvers(for: group, requester: requester, needed: requirement.count)
        case .secondPerson:
            return input.roster.ids.filter { $0 != requester && input.roster[$0]?.isActive == true }
        case .any(let groups, let people):
            return self.people(in: groups, named: people).filter { $0 != requester }
        }
    }

    /// Who is active and in one of the groups, standing or eligible, or bears one of the addresses; sorted.
    public func people(in groups: [Group], named addresses: [EmailAddress]) -> [PersonID] {
        let eligibility = WindowEligibility(input, index: index)
        var found = Set(groups.flatMap { eligibility.people(for: $0) + standing(in: $0) })
        for address in addresses {
            // An address that leads to two people, or to nobody, names nobody; whoever has left bears it no more.
            let bearers = input.roster.bearers(of: address).filter { $0.presence != .left }
            guard let only = bearers.first, bearers.count == 1 else { continue }
            found.insert(only.person.id)
        }
        return found.filter { input.roster[$0]?.isActive == true }.sorted()
    }

    private func standing(in group: Group) -> [PersonID] {
        organization.standingLists(of: group).flatMap(\.people).compactMap { listed in
            input.roster.index(ofOnlyBearerOf: listed.email).map { input.roster.ids[Int($0)] }
        }
    }
}
