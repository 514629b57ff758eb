import AccessModel
import Definitions
import Foundation
import Lifecycle
import Persistence

extension Installation {
    /// Where access is asked for, by the definitions in force.
    public func accessDesk() async throws -> AccessDesk {
        guard let definitions = try await definitionsInForce() else {
            throw InstallationError(
                code: .missing, operation: "access", message: "no definitions were applied yet; `tenure apply DIR` does"
            )
        }
        return AccessDesk(
            context: context, definitions: definitions, agents: policyAgents(for: try await directoryInForce()))
    }

    /// What comes first in every command that works: windows that have ended are taken away, from the record alone, and
    /// requests whose time is over expire. Nothing is listed, so no target that is down keeps another one waiting.
    @discardableResult
    public func endOverdue() async throws -> Reconciler.Sweep? {
        guard let definitions = try await definitionsInForce() else { return nil }
        _ = try await AccessDesk(context: context, definitions: definitions).expire()
        let reconciler = try await reconcilerInForce()
        guard try await reconciler.isAnythingOverdue() else { return nil }
        return try await asWorker(reconciler.workflow(for: [])) { try await reconciler.sweep(definitions) }
    }

    /// The same installation once what is overdue was ended: at the moment of then.
    public func afterOverdue() async throws -> Installation {
        try await endOverdue() == nil ? self : try await renewed()
    }

    /// Makes what is decided about one person's windows hold in the targets, now.
    public func carryOut(for person: PersonID, patience: Span) async throws -> Applied {
        let installation = try await renewed()
        let surveyed = try await installation.surveyInForce(person: person.text)
        return try await installation.apply(surveyed, patience: patience) { _, _ in }
    }

    func reconcilerInForce() async throws -> Reconciler {
        reconciler(for: try await directoryInForce())
    }

    private func directoryInForce() async throws -> String {
        try await database.read { session in try SettingsStore(session).value(.directory) } ?? "."
    }
}
