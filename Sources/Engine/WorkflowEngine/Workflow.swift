import AccessModel
import AuditTrail
import ConnectorKit
import Persistence
import Policies

/// Carries approved changes out, durably: every change is written down before and after, verified by reading its
/// target back, tried again when it fails, and finished by another process when this one dies.
///
/// It knows cases, steps, lanes, leases and timers, and nothing of why a change is wanted. Any number of them may work
/// on one database. Effects are exactly-once: a change may be sent twice, it is applied once.
public struct Workflow: Sendable {
    let world: WorkflowWorld

    /// - Parameters:
    ///   - database: Migrated.
    ///   - append: Writes records within the transaction that changes the state that they speak of.
    ///   - onVerified: Runs in the transaction that marks changes as verified.
    ///   - observer: Told of each step once it is written down.
    ///   - crashPoint: For tests.
    public init(
        database: any Database, targets: [WorkflowTarget], settings: WorkflowSettings,
        clock: any WorkflowClock, random: RandomSource = .system,
        breaker: CircuitBreaker.Settings = .init(),
        append: @escaping RecordAppender = { try AuditLog($1).append($0) },
        onVerified: @escaping VerificationObserver = { _, _ in }, observer: @escaping StepObserver = { _ in },
        crashPoint: @escaping CrashPoint = { _ in }
    ) {
        world = WorkflowWorld(
            database: database, settings: settings, clock: clock, random: random, append: append,
            onVerified: onVerified, observer: observer, crashPoint: crashPoint,
            targets: Dictionary(targets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
            gates: Dictionary(
                targets.map { ($0.name, TargetGate($0, clock: clock, breaker: breaker)) },
                uniquingKeysWith: { first, _ in first }),
            criticalTargets: Set(targets.filter(\.isCritical).map(\.name)))
    }

    /// Opens cases with what an approved plan holds, in one transaction with their records. Nothing runs yet. Calls
    /// that are made at the same time share a transaction; each succeeds or fails by itself.
    ///
    /// Changes that are held, or whose target is only reported on, are left out and named. A case without a step
    /// settles at once. Throws ``WorkflowError``: `notApproved`, `exists`, `invalid`; then nothing was opened.
    public func open(_ openings: [CaseOpening], plan: ApprovedPlan, actor: String) async throws -> [OpenedCase] {
        try await open(openings, approved: plan.changes, planHash: plan.planHash, actor: actor)
    }

    /// The same within a transaction of the caller's, for what must be written together with the cases.
    public func open(
        _ openings: [CaseOpening], plan: ApprovedPlan, actor: String, at now: Instant, in session: any SQLSession
    ) throws -> [OpenedCase] {
        try open(openings, plan: plan, actor: actor, at: now, in: session, room: .none).cases
    }

    /// The same, with revocations begun as they are opened: for an opening of ``runUntilQuiescent(budget:opening:progress:)``,
    /// which sends what was begun.
    public func open(
        _ openings: [CaseOpening], plan: ApprovedPlan, actor: String, at now: Instant, in session: any SQLSession,
        room: WorkRoom
    ) throws -> OpenedWork {
        let request = OpeningRequest(openings, approved: plan.changes, planHash: plan.planHash, actor: actor)
        return try open(request, at: now, in: session, room: room)
    }

    func open(
        _ request: OpeningRequest, at now: Instant, in session: any SQLSession, room: WorkRoom
    ) throws -> OpenedWork {
        let opened = try open([request], at: now, in: session, room: room)
        return OpenedWork(cases: try opened.results.flatMap { try $0.get() }, begun: opened.begun)
    }

    func open(
        _ openings: [CaseOpening], approved: [Change], planHash: String, actor: String
    ) async throws -> [OpenedCase] {
        try await world.crashPoint(.beforeOpen)
        let request = OpeningRequest(openings, approved: approved, planHash: planHash, actor: actor)
        let opened = try await world.openings.ask(request) { requests in
            let now = world.clock.now()
            return try await world.database.write { session in
                try open(requests, at: now, in: session, room: .none).results
            }
        }
        try await world.crashPoint(.afterOpen)
        return opened
    }

    private struct Opened {
        let results: [Result<[OpenedCase], any Error>]
        let begun: BegunWork
    }

    private func open(
        _ requests: [OpeningRequest], at now: Instant, in session: any SQLSession, room: WorkRoom
    ) throws -> Opened {
        let tables = WorkflowTables(session: session, dialect: world.database.dialect, changes: world.changes)
        var opener = Opener(
            tables: tables, reportOnly: Set(world.targets.values.lazy.filter { !$0.isEnforced }.map(\.name)),
            criticalTargets: world.criticalTargets, now: now, room: room,
            beginning: room.limits.isEmpty ? nil : try beginning(tables))
        let results = try opener.open(requests)
        var records = opener.records
        if world.has(.journal) { records += world.attempts(opener.begun.steps.values.flatMap { $0 }, at: now) }
        if !records.isEmpty { try world.append(records, session) }
        return Opened(results: results, begun: opener.begun)
    }

    private func beginning(_ tables: WorkflowTables) throws -> Opener.Beginning {
        let now = world.clock.now()
        let lease = LeaseTerms(owner: world.settings.owner, now: now, until: now + world.settings.lease)
        return Opener.Beginning(lease: lease, fence: try tables.nextFence(owner: lease.owner))
    }
}
