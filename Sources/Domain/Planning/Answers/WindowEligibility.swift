import AccessModel
import Definitions

/// Who may ask for a window on a group, and who may approve it; FORMATS, "Who gets what" and "Approvals".
public struct WindowEligibility: Sendable {
    private let index: OrganizationIndex
    private let input: PlanningInput
    private let resolver: EntryResolver

    public init(_ input: PlanningInput, index: PlanningIndex? = nil) {
        self.index = index?.organization ?? OrganizationIndex(input.organization)
        self.input = input
        resolver = EntryResolver(index: self.index, input: input)
    }

    /// People who may ask, by id. Nobody for readers and operators, and for a group that is not there. An entry in
    /// error makes nobody eligible anew.
    public func people(for group: Group) -> [PersonID] {
        guard let number = index.groupIndices[group] else { return [] }
        return people(of: number) { entry, _ in index.isEligible(entry, for: number) }
    }

    /// People whom an entry puts into a group, or who may ask for a window on it, by id.
    public func members(of group: Group) -> [PersonID] {
        guard let number = index.groupIndices[group] else { return [] }
        return people(of: number) { entry, place in
            index.isEligible(entry, for: number) || index.stands(place, in: number)
        }
    }

    public func isEligible(_ person: PersonID, for group: Group) -> Bool { people(for: group).contains(person) }

    /// Who may approve a window of `requester`, by id, when `needed` are needed: the tenant's other admins, for
    /// contributor also its other contributors; where those are too few, they and who may be admin of the platform
    /// in the same tier.
    public func approvers(for group: Group, requester: PersonID?, needed: Int) -> [PersonID] {
        // Ids of one human are one approver, and none of them approves what another one asks.
        let asks = requester.map { input.roster.same($0) }
        func others(_ people: [PersonID]) -> [PersonID] { people.filter { input.roster.same($0) != asks } }
        let own = others(ownApprovers(for: group))
        guard Set(own.map { input.roster.same($0) }).count < needed else { return own }
        return Set(own + others(platformAdmins(tier: group.tier))).sorted()
    }

    /// A warning for each group for which somebody who may ask would find too few approvers.
    public func shortages(rule: (Group) -> JITRule?) -> [PlanNote] {
        index.groups.compactMap { group in
            guard group.group.role == .contributor || group.group.role == .admin,
                let needed = rule(group.group)?.approval.approvers, needed > 0
            else { return nil }
            let eligible = people(for: group.group)
            let all = Set(approvers(for: group.group, requester: nil, needed: .max))
            let fewest = eligible.map { all.count - (all.contains($0) ? 1 : 0) }.min()
            guard let fewest, fewest < needed else { return nil }
            return PlanNote(
                severity: .warning, code: "too-few-approvers",
                message: "a window on `\(group.slug)` needs \(needed) approver\(needed == 1 ? "" : "s") and somebody "
                    + "who may ask finds \(fewest); such requests are denied until more people may approve",
                place: group.place)
        }
    }

    private func ownApprovers(for group: Group) -> [PersonID] {
        guard let number = index.groupIndices[group] else { return [] }
        return people(of: number) { entry, _ in
            switch entry.list {
            case .admins: true
            case .contributors: group.role == .contributor
            case .readers: false
            case .core: index.isEligible(entry, for: number)
            }
        }
    }

    private func platformAdmins(tier: Slug) -> [PersonID] {
        guard let platform = Slug("platform") else { return [] }
        return people(for: Group(tenant: platform, tier: tier, role: .admin))
    }

    /// - Parameter isMeant: Asked of an entry and its number.
    private func people(of group: UInt32, where isMeant: (IndexedEntry, Int) -> Bool) -> [PersonID] {
        var people = Set<PersonID>()
        let entries = index.units[Int(index.groups[Int(group)].unit)].entries
        for number in entries where isMeant(index.entries[number], number) {
            let resolution = resolver.resolve(UInt32(number))
            guard resolution.counts, !resolution.isKeptOnly, let person = resolution.person else { continue }
            people.insert(input.roster.states[Int(person)].person.id)
        }
        return people.sorted()
    }
}
