import AccessModel
import ConnectorKit
import Planning
import Synchronization

/// A target in memory that answers after a fixed time, and holds what it was told to.
final class InstantTarget: Connector {
    let abilities = Enterprise.directory
    private let delay: Duration
    private let reading: Duration
    private let facts = Mutex<[String: Fact]>([:])

    /// - Parameters:
    ///   - delay: How long each change takes.
    ///   - reading: How long each read takes.
    init(delay: Duration = .zero, reading: Duration = .zero, holding held: [Fact] = []) {
        self.delay = delay
        self.reading = reading
        facts.withLock { facts in for fact in held { facts[fact.key] = fact } }
    }

    func check() async throws(ConnectorError) -> TargetHealth { TargetHealth(description: "in memory") }

    func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        try await pause(reading, "read")
        let facts = facts.withLock { facts in
            switch scope {
            case .everything: Array(facts.values)
            case .only(let identities, _, _):
                // Nothing but accounts is ever put here.
                identities.compactMap { facts["account \($0)"] }
            }
        }
        return Observation(facts: facts, completeness: .complete)
    }

    func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
        try await pause(delay, change.id)
        facts.withLock { facts in facts[change.fact.key] = change.operation == .remove ? nil : change.fact }
        return Receipt(effect: .applied, requestID: context.idempotencyKey, at: WallClock().now())
    }

    private func pause(_ duration: Duration, _ operation: String) async throws(ConnectorError) {
        guard duration > .zero else { return }
        do {
            try await Task.sleep(for: duration)
        } catch {
            throw ConnectorError(code: .unreachable, operation: operation, message: "stopped")
        }
    }
}
