import AccessModel
import Definitions

/// The pure core: what should hold, and what it takes to get there.
public enum Planner {
    /// What should hold.
    ///
    /// `narrowedTo` asks for these people's accounts and memberships alone, and costs by what concerns them when an
    /// `index` is handed in; groups, workloads, roles and trusts are then left out.
    public static func desired(
        _ input: PlanningInput, narrowedTo people: Set<PersonID>? = nil, index: PlanningIndex? = nil
    ) -> DesiredState {
        DesiredBuilder.build(input, index: index ?? PlanningIndex(input), narrowedTo: people)
    }

    /// The changes that make what holds what should hold, in a safe order.
    ///
    /// A target without an observation gets no change, and a warning says so. A narrowed plan is the full plan's part
    /// about these people. Its observations need show no more than their accounts, their memberships, and accounts
    /// of strangers that bear one of their addresses.
    public static func plan(
        _ input: PlanningInput, observations: [Slug: TargetObservation], narrowedTo people: Set<PersonID>? = nil,
        index: PlanningIndex? = nil
    ) throws(PlanningError) -> PlanningOutcome {
        guard !input.roster.isEmpty else { throw .noPeople }
        let desired = desired(input, narrowedTo: people, index: index)
        return desired.outcome(against: observations)
    }
}
