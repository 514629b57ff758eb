import AccessModel
import Foundation

/// The time that a workflow lives by. Handed in, so that a whole run can pass in a simulated one.
public protocol WorkflowClock: Sendable {
    func now() -> Instant

    /// Returns once `moment` has come: when there is nothing else to do. Throws when its task is cancelled.
    func sleep(until moment: Instant) async throws

    /// Returns once `moment` has come: the bound of something that is likely to end sooner, and then cancels this.
    /// A simulated clock lets ``sleep(until:)`` pass at once, and this only when time itself has moved so far.
    func expire(at moment: Instant) async throws
}

/// The wall's clock, in UTC.
public struct SystemClock: WorkflowClock {
    public init() {}

    public func now() -> Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }

    public func sleep(until moment: Instant) async throws {
        // In slices, so that a wall clock that is set forward is noticed.
        while true {
            let rest = (moment - now()).milliseconds
            guard rest > 0 else { return }
            try await Task.sleep(for: .milliseconds(min(rest, 60_000)))
        }
    }

    public func expire(at moment: Instant) async throws { try await sleep(until: moment) }
}
