import AccessModel

/// The time that a workflow lives by. Handed in, so that a whole run can pass in a simulated one.
public protocol WorkflowClock: Sendable {
    func now() -> Instant

    /// Returns once `moment` has come: when there is nothing else to do. Throws when its task is cancelled.
    func sleep(until moment: Instant) async throws

    /// Returns once `moment` has come: the bound of something that is likely to end sooner, and then cancels this.
    /// A simulated clock lets ``sleep(until:)`` pass at once, and this only when time itself has moved so far.
    func expire(at moment: Instant) async throws
}
