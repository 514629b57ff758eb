import AccessModel
import AuditTrail
import Definitions
import Persistence
import Planning
import Policies
import StrictJSON
import WorkflowEngine

extension Reconciler {
    /// Makes a survey's plan happen, as far as policy lets it, and whatever earlier cases left open.
    ///
    /// What was decided is on disk before the first target is told. When it returns, every change that is done was
    /// read back; what is not done is in a case, and goes on with the next apply.
    ///
    /// - Parameter patience: How long to wait for targets that asked to be tried again later.
    public func carryOut(
        _ survey: Survey, patience: Span, progress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> ApplyOutcome {
        let decision = try await context.database.transact { session, records in
            try Decision(survey: survey, context: context).write(session, &records)
        }
        let workflow = try workflow(for: survey.targets, progress: progress)
        _ = try await workflow.open(decision.openings, plan: survey.judgement.approved)
        let summary = try await workflow.runUntilQuiescent(patience: patience)
        let departures = try await Farewell(context: context, targets: survey.targets).check(
            decision.openings.filter { $0.kind == .leaver })
        return ApplyOutcome(
            cases: decision.openings.map { opening in
                ApplyOutcome.OpenedCase(
                    id: opening.id, kind: opening.kind, identity: opening.identity, changes: opening.changes.count)
            },
            summary: summary, holds: decision.holds, isDenied: survey.judgement.isDenied, departures: departures)
    }

    /// The engine, on the targets that can be reached at all.
    public func workflow(
        for targets: [ConnectedTarget], progress: @escaping @Sendable (RunProgress) -> Void
    ) throws -> Workflow {
        Workflow(
            database: context.database,
            targets: targets.compactMap { target in
                guard case .success(let connector) = target.connector else { return nil }
                return WorkflowTarget(
                    name: target.name, connector: connector, isEnforced: target.definition.mode == .enforce,
                    requestsPerSecond: target.definition.limits.requestsPerSecond,
                    concurrency: target.definition.limits.concurrency)
            },
            settings: WorkflowSettings(owner: "tenure-\(context.newID())"), clock: clock,
            onVerified: VerifiedFacts.record, progress: progress)
    }
}
