import AccessModel

extension DesiredState {
    /// `desired - observed`.
    public func outcome(against observations: [Slug: TargetObservation]) -> PlanningOutcome {
        PlanAssembler.assemble(self, observations: observations)
    }
}
