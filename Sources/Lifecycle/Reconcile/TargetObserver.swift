import AccessModel
import AuditTrail
import ConnectorKit
import Persistence
import Planning

/// Looks at all targets at once. One that does not answer is not waited for by the others, and never read as empty.
struct TargetObserver {
    let targets: [ConnectedTarget]

    /// What one target answered.
    struct Sight: Sendable {
        let target: Slug
        /// Nil when the target could not be read at all.
        let observation: TargetObservation?
        let problem: ConnectorError?
    }

    func observe(_ scope: ObservationScope) async -> [Sight] {
        await withTaskGroup(of: Sight.self) { group in
            for target in targets {
                group.addTask { await Self.look(at: target, scope) }
            }
            var sights: [Sight] = []
            for await sight in group { sights.append(sight) }
            return sights.sorted { $0.target < $1.target }
        }
    }

    private static func look(at target: ConnectedTarget, _ scope: ObservationScope) async -> Sight {
        do throws(ConnectorError) {
            let observation = try await target.connector.get().observe(scope)
            return Sight(target: target.name, observation: TargetObservation(observation), problem: nil)
        } catch {
            return Sight(target: target.name, observation: nil, problem: error)
        }
    }
}

extension TargetObservation {
    init(_ observation: Observation) {
        switch observation.completeness {
        case .complete:
            self.init(facts: observation.facts, findings: observation.findings, remnants: observation.remnants)
        case .partial(let reason):
            self.init(
                facts: observation.facts, isComplete: false, partialReason: reason, findings: observation.findings,
                remnants: observation.remnants)
        }
    }
}
