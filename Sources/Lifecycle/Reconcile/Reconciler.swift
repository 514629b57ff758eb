import AccessModel
import ConnectorKit
import Definitions
import Persistence
import Planning
import Policies
import WorkflowEngine

/// The one loop: looks at the world, plans, asks policy, carries out, reads back.
///
/// It takes no hint about what changed. A person narrows what it looks at, never what it finds.
public struct Reconciler: Sendable {
    let context: LifecycleContext
    public let connect: TargetConnecting
    let clock: any WorkflowClock
    let agents: any PolicyAgents

    /// - Parameter agents: Asked of what a plan gives, where policies want that.
    public init(
        context: LifecycleContext, connect: @escaping TargetConnecting, clock: any WorkflowClock,
        agents: any PolicyAgents = NoPolicyAgents()
    ) {
        self.context = context
        self.connect = connect
        self.clock = clock
        self.agents = agents
    }

    /// Reads everything and plans. Nothing is written and nothing changed.
    ///
    /// - Parameters:
    ///   - previous: The definitions last applied, where they differ.
    ///   - person: Whom to narrow it to.
    /// - Throws: ``PlanningError/noPeople``, or what the database throws.
    public func survey(
        _ definitions: DefinitionSet, previous: Organization?, person: PersonID? = nil
    ) async throws -> Survey {
        let (now, vouched) = (context.now, context.vouched)
        let targets = connect(definitions.organization)
        let workflow = workflow(for: targets)
        let world = try await context.database.read { session in
            World(
                roster: try PeopleArchive(session).roster(at: now, vouched: vouched, in: definitions),
                endedByNewLimits: try previous.map {
                    try PeopleArchive(session).endedByNewLimits(definitions, previous: $0, at: now)
                } ?? [],
                windows: try WindowStore(session).unsettled(of: person.map { [$0] }),
                recorded: try RecordReader(session, now: now).recordedState(),
                moment: try Survey.Moment(session), underway: try workflow.underway(in: session))
        }
        let sights = await TargetObserver(targets: targets).observe(scope(person, world.roster))
        var input = PlanningInput(
            organization: definitions.organization, previous: previous, roster: world.roster,
            grants: world.windows.map(\.grant), recorded: world.recorded,
            abilities: Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0.abilities) }), now: now,
            vouched: vouched)
        input.endedByNewLimits = world.endedByNewLimits
        let index = PlanningIndex(input)
        var observations = try await observations(sights, person: person)
        for lapsed in world.underway.map(\.change) where lapsed.lane == .grant && isLapsed(lapsed, world.windows) {
            // It may arrive yet, and is then not wanted any more: as if it had.
            guard observations[lapsed.target]?.facts.contains(lapsed.fact) == false,
                person == nil || lapsed.identity?.person == person
            else { continue }
            observations[lapsed.target]?.facts.append(lapsed.fact)
        }
        let outcome = try Planner.plan(
            input, observations: observations, narrowedTo: person.map { [$0] }, index: index)
        let policyWorld = PolicyWorld(input, index: index)
        let questions = definitions.policies.externalQuestions(outcome.plan, world: policyWorld)
        let review = definitions.policies.review(
            outcome.plan, world: policyWorld, external: await agents.answers(to: questions, of: outcome.plan))
        return Survey(
            definitions: definitions, roster: world.roster, outcome: outcome.with(review.plan),
            windows: WindowPlan(world.windows, input, index: index),
            review: review, person: person, moment: world.moment, underway: world.underway, sights: sights,
            targets: targets)
    }

    private struct World: Sendable {
        let roster: Roster
        let endedByNewLimits: Set<PersonID>
        let windows: [AccessWindow]
        let recorded: RecordedState
        let moment: Survey.Moment
        let underway: [Workflow.Underway]
    }

    /// Whether a membership was to be given for windows alone, and none of them is live.
    private func isLapsed(_ change: Change, _ windows: [AccessWindow]) -> Bool {
        guard change.fact.kind == .membership, change.grantEnd != nil else { return false }
        return !windows.contains { $0.isLive(at: context.now) && change.grantIDs.contains($0.id) }
    }

    private func scope(_ person: PersonID?, _ roster: Roster) -> ObservationScope {
        guard let person else { return .everything }
        let names = roster[person]?.person.addresses.map(\.text) ?? []
        return .only(identities: [.person(person)], accountNames: Set(names), groups: [])
    }

    /// What was seen. A target that does not answer is taken as it was seen last, so that what has to go is planned
    /// and tried until it answers again.
    private func observations(
        _ sights: [TargetObserver.Sight], person: PersonID?
    ) async throws -> [Slug: TargetObservation] {
        var observations: [Slug: TargetObservation] = [:]
        for sight in sights {
            if var observation = sight.observation {
                if person != nil {
                    // A part was looked at; the guard's percentage is of the whole.
                    observation.knownMemberships = try await context.database.read { session in
                        try HoldingStore(session).count(.membership, in: sight.target)
                    }
                }
                observations[sight.target] = observation
            } else if let problem = sight.problem {
                let known = try await context.database.read { session in
                    try HoldingStore(session).holdings(.open(in: sight.target, of: person))
                }
                observations[sight.target] = TargetObservation(
                    facts: known.map(\.fact), isComplete: false, partialReason: "as last seen; \(problem)")
            }
        }
        return observations
    }
}

extension HoldingStore.Filter {
    /// What was seen last in a target, of everybody or of one person.
    static func open(in target: Slug, of person: PersonID?) -> HoldingStore.Filter {
        var filter = HoldingStore.Filter()
        filter.target = target
        filter.identity = person.map { .person($0) }
        filter.isOpen = true
        return filter
    }
}
