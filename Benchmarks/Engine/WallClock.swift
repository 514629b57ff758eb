import AccessModel
import Foundation
import WorkflowEngine

/// The time of the machine.
struct WallClock: WorkflowClock {
    func now() -> Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }

    func sleep(until moment: Instant) async throws {
        try await Task.sleep(for: .milliseconds(max(0, (moment - now()).milliseconds)))
    }

    func expire(at moment: Instant) async throws { try await sleep(until: moment) }
}
