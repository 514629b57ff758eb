import AccessModel
import CEL
import Definitions
import Planning

// What conditions see of people, groups and causes.
extension PolicyWorld {
    func subject(_ identity: IdentityID, groups: [String]) -> CELRecord {
        PolicyAttributes.record(PolicyAttributes.subject, subjectValues(identity, groups: groups))
    }

    func subjectValues(_ identity: IdentityID, groups: [String]) -> [String: CELValue] {
        var values: [String: CELValue] = ["id": .string(identity.description)]
        if !groups.isEmpty { values["groups"] = .list(groups.map { .string($0) }) }
        switch identity {
        case .person(let id):
            values["kind"] = .string("person")
            guard let state = input.roster[id] else { return values }
            values.merge(personValues(state)) { $1 }
        case .workload:
            values["kind"] = .string("workload")
            values["type"] = .string("workload")
            values["status"] = .string(SubjectStatus.active.rawValue)
        case .foreign: values["kind"] = .string("foreign")
        }
        return values
    }

    func subject(_ state: PersonState) -> CELRecord {
        let identity = IdentityID.person(state.person.id)
        let values: [String: CELValue] = ["id": .string(identity.description), "kind": .string("person")]
        return PolicyAttributes.record(PolicyAttributes.subject, values.merging(personValues(state)) { $1 })
    }

    private func personValues(_ state: PersonState) -> [String: CELValue] {
        let person = state.person
        let start = person.startDate.map { days.start(of: $0) }
        let since = start ?? state.presenceSince
        var values: [String: CELValue] = [
            "email": .string(person.email.text), "type": .string(person.kind.rawValue),
            "status": .string(SubjectStatus(state.presence).rawValue), "department": .string(person.department),
            "title": .string(person.title), "location": .string(person.location),
            "manager": .string(person.manager?.text ?? ""),
            "days_known": .int(max(0, (now - since).milliseconds / 86_400_000)),
        ]
        if let start { values["start"] = .timestamp(CELTimestamp(clamping: start)) }
        if let last = person.endDate { values["end"] = .timestamp(CELTimestamp(clamping: days.end(of: last))) }
        return values
    }

    func groupRecord(_ group: Group) -> CELRecord {
        let tenant = organization.tenant(group.tenant)
        let sectors = organization.sectors(of: group.tenant)
        return PolicyAttributes.record(
            PolicyAttributes.group,
            [
                "tenant": .string(group.tenant.text), "tier": .string(group.tier.text),
                "role": .string(group.role.rawValue), "slug": .string(organization.slug(of: group)),
                "live": .bool(liveTiers.contains(group.tier)), "core": .bool(sectors.contains(where: \.isCore)),
                "sectors": .list(sectors.map { .string($0.name.text) }),
                "compliance": .list((tenant?.compliance ?? []).map { .string($0.text) }),
            ])
    }

    func causeRecord(_ causes: [Cause]) -> CELRecord {
        PolicyAttributes.record(
            PolicyAttributes.cause,
            [
                "kinds": .list(causes.map(\.kindName).uniqued().map { .string($0) }),
                "sources": .list(causes.map(\.source).uniqued().map { .string($0) }),
            ])
    }

    func platformRecord(_ group: Group?, held: [String]) -> CELRecord {
        let slug = group.map { organization.slug(of: $0) }
        return PolicyAttributes.record(
            PolicyAttributes.platform,
            [
                "max_window": .duration(CELDuration(clamping: organization.platform.maximumWindow)),
                "conflicts": .list(slug.map { conflicts(of: $0, held: held).map { .string($0) } } ?? []),
            ])
    }

    /// The rules of separation that a group would break beside what is held.
    func conflicts(of slug: String, held: [String]) -> [String] {
        (separations[slug] ?? []).filter { rule in
            rule.groups.contains { $0 != slug && held.contains($0) }
        }.map(\.name.text)
    }

    /// The slugs that an identity should be in now, but for one group; sorted.
    func groups(of identity: IdentityID, without group: Group?) -> [String] {
        guard let person = identity.person, input.roster.index(of: person) != nil else { return [] }
        let slug = group.map { organization.slug(of: $0) }
        return (groups(of: [person])[person] ?? []).filter { $0 != slug }
    }

    /// The slugs that people should be in now; sorted.
    func groups(of people: Set<PersonID>) -> [PersonID: [String]] {
        let desired = Planner.desired(input, narrowedTo: people, index: index)
        var groups: [PersonID: Set<String>] = [:]
        for desired in desired.facts {
            guard case .membership(let membership) = desired.fact, let person = membership.identity.person
            else { continue }
            groups[person, default: []].insert(membership.group)
        }
        return groups.mapValues { $0.sorted() }
    }
}

extension Array where Element: Hashable {
    /// Each once, where it first stands.
    func uniqued() -> [Element] {
        var seen = Set<Element>()
        return filter { seen.insert($0).inserted }
    }
}

extension Cause {
    /// As `cause.kinds` has it.
    var kindName: String {
        switch self {
        case .definition: "definition"
        case .birthright: "birthright"
        case .event: "event"
        case .snapshot: "snapshot"
        case .grant: "grant"
        case .ended: "ended"
        case .notStarted: "not-started"
        case .moverLapse: "mover-lapse"
        case .definitionRemoved: "definition-removed"
        case .retention: "retention"
        case .drift: "drift"
        }
    }

    /// As `cause.sources` has it: a file, a rule, who sent an event, a grant's id.
    var source: String {
        switch self {
        case .definition(let place): place.file
        case .birthright(let rule, _): rule
        case .event(let source, _, let type): "\(source) \(type)"
        case .snapshot: "snapshot"
        case .grant(let id, _): id
        case .moverLapse(let tenant, _): tenant.text
        case .ended, .notStarted, .definitionRemoved, .retention, .drift: kindName
        }
    }
}
