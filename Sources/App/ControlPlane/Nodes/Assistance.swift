import AccessModel
import Lifecycle
import Persistence
import WorkflowEngine

/// Carries out what was decided, by whomever: steps that are due and in nobody's hand.
struct Assistance {
    /// What it works with, for as long as the definitions are the same.
    private struct Equipment {
        let revision: String
        let workers: Int
        let targets: [ConnectedTarget]
        let workflow: Workflow
    }

    private var equipment: Equipment?
    /// Not before this is it tried again: what is due could not be taken.
    private var restUntil: ContinuousClock.Instant?

    /// Nil where there was nothing that could be done.
    mutating func help(_ installation: Installation, workers: Int) async throws -> RunSummary? {
        guard let workflow = try await equip(installation, workers) else { return nil }
        guard restUntil.map({ ContinuousClock.now >= $0 }) ?? true, try await workflow.isAnythingDue() else {
            return nil
        }
        let summary = try await installation.asWorker(workflow) {
            try await workflow.runUntilQuiescent(budget: .zero)
        }
        let didAny = summary.sent + summary.verified + summary.failedAttempts > 0
        // It waits for an older step of another process, or for a target that does not answer.
        restUntil = didAny ? nil : .now + .seconds(1)
        return didAny ? summary : nil
    }

    mutating func stop() async {
        for target in equipment?.targets ?? [] { await target.close() }
        equipment = nil
    }

    /// Nil where nothing was applied yet.
    private mutating func equip(_ installation: Installation, _ workers: Int) async throws -> Workflow? {
        let revision = try await installation.database.read { try DefinitionStore($0).current() }
        if let equipment, equipment.revision == revision, equipment.workers == workers { return equipment.workflow }
        guard let revision, let definitions = try await installation.definitionsInForce() else { return nil }
        await stop()
        let reconciler = try await installation.sharing(among: workers).reconcilerInForce()
        let targets = reconciler.connect(definitions.organization)
        equipment = Equipment(
            revision: revision, workers: workers, targets: targets, workflow: reconciler.workflow(for: targets))
        return equipment?.workflow
    }
}
