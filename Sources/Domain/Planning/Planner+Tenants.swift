import AccessModel
import Definitions

extension Planner {
    /// The changes that some tenants' changed files make: the full plan's part about their groups, and about the
    /// accounts of whom they list or listed.
    ///
    /// It costs by these tenants alone. The definitions are the index's; `input.organization` and `input.previous` are
    /// not looked at. The observations need show no more than those groups with their members, their roles and trusts,
    /// and the accounts of those people; each shows them whole, or says that it does not. The removal guard sees this
    /// part and what was recorded of the last hour; ``Change/after`` names changes of this part alone.
    public static func plan(
        _ input: PlanningInput, observations: [Slug: TargetObservation], changedIn index: RevisedIndex
    ) throws(PlanningError) -> PlanningOutcome {
        guard !input.roster.isEmpty else { throw .noPeople }
        return DesiredBuilder.build(input, changedIn: index).outcome(against: observations)
    }
}
