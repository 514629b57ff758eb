import AccessModel
import Definitions
import StrictJSON

/// Who should be in a group, why, and until when.
public struct WhoAnswer: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public let identity: IdentityID
        /// Nil for a workload.
        public let email: EmailAddress?
        public let causes: [Cause]
        /// When the last of its causes ends; nil where one of them has no end.
        public let until: Instant?

        public init(identity: IdentityID, email: EmailAddress?, causes: [Cause], until: Instant?) {
            self.identity = identity
            self.email = email
            self.causes = causes
            self.until = until
        }
    }

    public let group: Group
    public let slug: String
    public let at: Instant
    /// By identity.
    public let members: [Member]

    public init(group: Group, slug: String, at: Instant, members: [Member]) {
        self.group = group
        self.slug = slug
        self.at = at
        self.members = members
    }
}

extension Planner {
    /// Who should be in the group, whatever targets it is in; nil where the definitions have no such group.
    public static func who(_ group: Group, _ input: PlanningInput, index: PlanningIndex? = nil) -> WhoAnswer? {
        let index = index ?? PlanningIndex(input)
        let organization = index.organization
        guard let number = organization.groupIndices[group] else { return nil }
        let unit = organization.units[Int(organization.groups[Int(number)].unit)]
        let resolver = EntryResolver(index: organization, input: input)
        var members: [IdentityID: [CauseID]] = [:]
        var eligible = Set<PersonID>()
        for entry in unit.entries {
            let resolution = resolver.resolve(UInt32(entry))
            guard resolution.counts, let person = resolution.person else { continue }
            let id = input.roster.states[Int(person)].person.id
            let kind: CauseID.Kind = resolution.isKeptOnly ? .keptEntry : .entry
            if organization.stands(entry, in: number) {
                members[.person(id), default: []].append(CauseID(kind, UInt32(entry)))
            }
            if organization.isEligible(organization.entries[entry], for: number) { eligible.insert(id) }
        }
        for (place, grant) in input.grants.enumerated() where grant.group == group && grant.isOpen(at: input.now) {
            guard !input.recorded.lostGrants.contains(grant.id), let state = input.roster[grant.person],
                state.isActive, !grant.isVoid(for: state),
                grant.isEmergency
                    ? organization.organization.mayBreakGlass(grant.person, group, input.roster)
                    : eligible.contains(grant.person)
            else { continue }
            members[.person(grant.person), default: []].append(CauseID(.grant, UInt32(place)))
        }
        for (place, workload) in organization.workloads.enumerated()
        where group == Group(tenant: workload.tenant, tier: workload.tier, role: .operator)
            && !workload.isOver(at: input.now)
        {
            members[workload.identity, default: []].append(CauseID(.workload, UInt32(place)))
        }
        let state = DesiredState(naming: index, input)
        return WhoAnswer(
            group: group, slug: organization.groups[Int(number)].slug, at: input.now,
            members: members.sorted { $0.key < $1.key }.map { identity, causes in
                WhoAnswer.Member(
                    identity: identity, email: identity.person.flatMap { input.roster[$0]?.person.email },
                    causes: state.causes(causes), until: end(of: state.causes(causes)))
            })
    }

    private static func end(of causes: [Cause]) -> Instant? {
        var latest: Instant?
        for cause in causes {
            guard case .grant(_, let until) = cause else { return nil }
            latest = max(latest ?? until, until)
        }
        return latest
    }
}

extension DesiredState {
    /// Knows the names of causes and identities, and desires nothing.
    init(naming index: PlanningIndex, _ input: PlanningInput) {
        self.init(
            index: index, input: input, scope: [], tenants: nil, tables: [], notes: [], upkeep: Upkeep(),
            nextChange: nil, lapses: [:]
        )
    }
}
