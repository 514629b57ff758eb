import AccessModel

extension Planner {
    /// The plan that undoes another, last change first within each lane. What cannot be undone (an account that was
    /// deleted comes back, what was in it does not) is as far as the facts go.
    public static func inversePlan(of plan: Plan) -> Plan {
        let undone = plan.changes.reversed().compactMap(\.inverse)
        let changes = undone.filter { $0.lane == .revoke } + undone.filter { $0.lane == .grant }
        return Plan(
            hash: PlanHash.hash(of: changes, definitionsRevision: plan.definitionsRevision), changes: changes,
            blastRadius: BlastRadius(of: changes), definitionsRevision: plan.definitionsRevision,
            plannedAt: plan.plannedAt,
            notes: [
                PlanNote(severity: .note, code: "inverse", message: "undoes plan \(plan.hash)")
            ], reportedOnly: plan.reportedOnly)
    }
}
