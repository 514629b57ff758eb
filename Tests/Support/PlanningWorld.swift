import AccessModel
import Definitions
import Planning

/// The inputs of a plan and what the targets hold, for tests to alter.
public struct PlanningWorld: Sendable {
    public var builder: OrganizationBuilder
    public var previous: Organization?
    public var people: [PersonState] = []
    public var grants: [Grant] = []
    public var recorded = RecordedState()
    public var abilities: [Slug: TargetAbilities] = [Sample.slug("corp"): Sample.directory]
    public var now = Sample.now
    /// What each target holds.
    public var held: [Slug: [Fact]] = [:]

    public init(_ builder: OrganizationBuilder = OrganizationBuilder()) { self.builder = builder }

    public var input: PlanningInput {
        PlanningInput(
            organization: builder.organization, previous: previous, roster: Roster(people), grants: grants,
            recorded: recorded, abilities: abilities, now: now)
    }

    public var observations: [Slug: TargetObservation] {
        Dictionary(
            uniqueKeysWithValues: builder.organization.targets.map { target in
                (target.name, TargetObservation(facts: held[target.name] ?? []))
            })
    }

    /// `ana` has the id `e-ana` and the address `ana@mountainlab.io`.
    public mutating func person(
        _ name: String, email: String? = nil, aliases: [String] = [], kind: Person.Kind = .employee,
        department: String = "", title: String = "", presence: PersonState.Presence = .active,
        cause: Cause = .event(source: "hr", id: "1", type: "joined"), moves: [PersonState.Move] = [],
        endDate: CalendarDay? = nil
    ) {
        people.removeAll { $0.person.id.text == "e-\(name)" }
        people.append(
            PersonState(
                person: Person(
                    id: Sample.id("e-\(name)"), email: Sample.email(email ?? name),
                    aliases: aliases.map(Sample.email), givenName: name.prefix(1).uppercased() + name.dropFirst(),
                    familyName: "Ruiz", kind: kind, department: department, title: title, endDate: endDate),
                presence: presence,
                presenceCause: cause, presenceSince: Sample.now, moves: moves))
    }

    public mutating func grant(_ id: String, _ name: String, _ path: String, from: Instant, until: Instant) {
        grants.append(
            Grant(
                id: id, person: Sample.id("e-\(name)"), group: Sample.group(path), reason: "test", approvedBy: [],
                from: from, until: until))
    }

    public mutating func bind(_ name: String, to person: String, _ tenant: String, _ list: String, at: Instant) {
        let key = RecordedState.EntryKey(
            tenant: Sample.slug(tenant), list: list, address: Sample.email(name).folded)
        recorded.bindings[key] = RecordedState.Binding(person: Sample.id("e-\(person)"), firstSeen: at)
    }

    public func outcome(narrowedTo people: Set<PersonID>? = nil) throws -> PlanningOutcome {
        try Planner.plan(input, observations: observations, narrowedTo: people)
    }

    /// Plans and does what was planned, held changes aside, as a target would; then records what an apply records.
    @discardableResult
    public mutating func apply() throws -> Plan {
        let outcome = try outcome()
        for change in outcome.plan.changes where !change.isHeld { carryOut(change) }
        let upkeep = outcome.upkeep
        recorded.bindings.merge(upkeep.bindingsToRecord) { first, _ in first }
        for key in upkeep.bindingsToForget { recorded.bindings[key] = nil }
        recorded.lostGrants.formUnion(upkeep.lostGrants)
        for (target, groups) in upkeep.groupsTakenOver { recorded.ownedGroups[target, default: []].formUnion(groups) }
        for (target, people) in upkeep.disabledSeen {
            for person in people { recorded.disabledSince[target, default: [:]][person] = now }
        }
        for (target, people) in upkeep.disabledGone {
            for person in people { recorded.disabledSince[target]?[person] = nil }
        }
        return outcome.plan
    }

    private mutating func carryOut(_ change: Change) {
        var facts = held[change.target] ?? []
        let gone = change.operation == .add ? change.fact.key : change.before?.key
        facts.removeAll { $0.key == gone }
        if change.operation != .remove { facts.append(change.fact) }
        if case .account(let before)? = change.before, case .foreign = before.identity {
            facts = facts.map { Self.reattributed($0, from: before.identity, to: change.fact) }
        }
        held[change.target] = facts
        switch (change.fact, change.operation) {
        case (.group(let group), .add): recorded.ownedGroups[change.target, default: []].insert(group.slug)
        case (.group(let group), .remove): recorded.ownedGroups[change.target]?.remove(group.slug)
        case (.roleAssignment, .add), (.federatedTrust, .add):
            recorded.ownedFacts[change.target, default: []].insert(change.fact.key)
        default: break
        }
    }

    /// The target has one account under two names: what the stranger held is the new owner's.
    private static func reattributed(_ fact: Fact, from stranger: IdentityID, to owner: Fact) -> Fact {
        guard case .membership(let membership) = fact, membership.identity == stranger,
            case .account(let account) = owner
        else { return fact }
        return .membership(
            Membership(
                group: membership.group, notation: membership.notation, identity: account.identity,
                account: account.name))
    }
}
