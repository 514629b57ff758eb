import AccessModel
import AuditTrail
import ConnectorKit
import Persistence
import Policies
import WorkflowEngine

extension Reconciler {
    /// Makes a survey's plan happen, as far as policy lets it, and whatever earlier cases left open.
    ///
    /// What was decided is on disk, with its cases, before the first target is told. When it returns, every change
    /// that is done was read back; what is not done is in a case, and goes on with the next apply.
    ///
    /// - Throws: ``LifecycleError`` `stale`, and nothing was decided, when somebody else decided or was told something
    ///   since the survey was taken: a process that was paused in between must not act on the world of then.
    ///
    /// - Parameters:
    ///   - patience: How long to wait for targets that asked to be tried again later.
    ///   - news: Whether to go on although people were heard of within the last minute, since the survey was taken: where
    ///     that never ends, nothing would ever be decided.
    public func carryOut(
        _ survey: Survey, patience: Span, despite news: Bool = false,
        progress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> ApplyOutcome {
        let workflow = workflow(for: survey.targets)
        let context = context
        let decision = try await context.database.transact { session, records in
            guard try survey.moment.takeTurn(in: session, despite: news) else { throw Self.stale }
            let underway = survey.underway + (try workflow.underway(in: session))
            let decision = try Decision(survey: survey, context: context, workflow: workflow, underway: underway)
                .write(session, &records)
            _ = try workflow.open(
                decision.openings, plan: survey.judgement.approved, actor: context.actor, at: context.now, in: session)
            return decision
        }
        let summary = try await workflow.runUntilQuiescent(budget: patience, progress: progress)
        try await settleWindows()
        try await retire(decision.openings, workflow)
        let departures = try await Farewell(
            context: context.later(clock.now()), targets: survey.targets, workflow: workflow
        ).check()
        return ApplyOutcome(
            cases: decision.openings.map { opening in
                ApplyOutcome.OpenedCase(
                    id: opening.id, kind: opening.kind, identity: opening.identity, changes: opening.changes.count)
            },
            summary: summary, holds: decision.holds, isDenied: survey.judgement.isDenied, departures: departures)
    }

    private static let stale = LifecycleError(
        code: .stale, operation: "apply",
        message: "something was decided or taken in since the plan was made; plan again")

    /// What a leaver was given is revoked with the leaver; once the accounts are deleted, nothing of it is left.
    private func retire(_ openings: [CaseOpening], _ workflow: Workflow) async throws {
        for opening in openings where opening.kind == .leaver {
            guard let identity = opening.identity, try await workflow.show(opening.id)?.summary.state == .revoked else {
                continue
            }
            let isDeletion = opening.changes.contains { $0.operation == .remove && $0.fact.kind == .account }
            try await workflow.retire(identity, to: isDeletion ? .archived : .revoked, actor: "tenure")
        }
    }

    /// The engine on an organisation's targets.
    public func workflow(for targets: [ConnectedTarget]) -> Workflow {
        var settings = WorkflowSettings(owner: "\(context.worker)-\(context.newID())")
        settings.defences = context.defences
        let workers = max(1, context.workers)
        return Workflow(
            database: context.database, targets: targets.map { WorkflowTarget($0, sharedBy: workers) },
            settings: settings, clock: clock,
            append: { records, session in try AuditLog(session).append(records) }, onVerified: VerifiedFacts.record,
            observer: context.observer)
    }
}

extension WorkflowTarget {
    /// - Parameter workers: Processes that call it at the same time.
    init(_ target: ConnectedTarget, sharedBy workers: Int) {
        let connector: any Connector =
            switch target.connector {
            case .success(let connector): connector
            case .failure(let reason): UnavailableConnector(abilities: target.abilities, reason: reason)
            }
        self.init(
            name: target.name, connector: connector, isEnforced: target.definition.mode == .enforce,
            isCritical: target.definition.isCritical,
            requestsPerSecond: target.definition.limits.requestsPerSecond / Double(workers),
            concurrency: max(1, target.definition.limits.concurrency / workers))
    }
}
