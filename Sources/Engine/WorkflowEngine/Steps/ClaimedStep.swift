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
