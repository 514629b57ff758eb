import AccessModel
import ConnectorKit
import Planning
import Synchronization

/// A target in memory that answers after a fixed time, and holds what it was told to.
final class InstantTarget: Connector {
    let abilities = Enterprise.directory
    private let delay: Duration
    private let facts = Mutex<[String: Fact]>([:])

    /// - Parameter delay: How long each change takes. Reading takes no time.
    init(delay: Duration = .zero, holding held: [Fact] = []) {
        self.delay = delay
        facts.withLock { facts in for fact in held { facts[fact.key] = fact } }
    }

    func check() async throws(ConnectorError) -> TargetHealth { TargetHealth(description: "in memory") }

    func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
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
        if delay > .zero {
            do {
                try await Task.sleep(for: delay)
            } catch {
                throw ConnectorError(code: .unreachable, operation: change.id, message: "stopped")
            }
        }
        facts.withLock { facts in facts[change.fact.key] = change.operation == .remove ? nil : change.fact }
        return Receipt(effect: .applied, requestID: context.idempotencyKey, at: WallClock().now())
    }
}
