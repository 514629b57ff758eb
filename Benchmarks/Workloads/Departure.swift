import AccessModel
import Definitions
import Planning

/// One person on the way out, and what the target shows of them.
struct Departure {
    private let input: PlanningInput
    private let index: PlanningIndex
    private let observations: [Slug: TargetObservation]
    private let person: PersonID

    init(_ enterprise: Enterprise) throws {
        guard let corp = Enterprise.target else { throw EnterpriseError(description: "no target") }
        var input = try enterprise.input()
        index = PlanningIndex(input)
        let number = enterprise.size / 2
        let state = input.roster.states[number]
        person = state.person.id
        let held = Planner.desired(input, narrowedTo: [person], index: index).facts.map(\.fact)
        observations = [corp: TargetObservation(facts: held, knownMemberships: enterprise.membershipCount * 2)]
        var states = input.roster.states
        states[number] = PersonState(
            person: state.person, presence: .left,
            presenceCause: .event(source: "hr", id: "1", type: "io.tenure.identity.left"), presenceSince: Enterprise.now
        )
        input.roster = Roster(states)
        self.input = input
    }

    func plan() throws {
        let outcome = try Planner.plan(input, observations: observations, narrowedTo: [person], index: index)
        guard outcome.plan.changes.count > 1 else { throw EnterpriseError(description: "nothing to take away") }
        keep(outcome)
    }
}
