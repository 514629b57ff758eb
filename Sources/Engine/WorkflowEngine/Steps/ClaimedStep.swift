import AccessModel

/// A step that a worker holds, under its fence.
struct ClaimedStep: Sendable {
    let reference: StepReference
    let kind: Case.Kind
    let change: Change
    /// Before it was claimed; ``StepState/uncertain`` also for one whose worker is gone.
    let origin: StepState
    /// Of the attempt that begins, from 1; for one that is only read back, of the last.
    let attempt: Int
    let idempotencyKey: String
    let fence: Int64
    /// What its last attempt left behind.
    let problem: StepProblem?
}

extension ClaimedStep {
    /// One that is begun as it is opened: its first attempt.
    init(_ step: WorkflowTables.NewStep, _ kind: Case.Kind, fence: Int64) {
        self.init(
            reference: step.reference, kind: kind, change: step.change, origin: .pending, attempt: 1,
            idempotencyKey: step.reference.description, fence: fence, problem: nil)
    }
}
