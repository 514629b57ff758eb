import AccessModel
import AuditTrail
import ConnectorKit
import Foundation
import Persistence
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import WorkflowEngine

extension SimulatedClock: WorkflowClock {}

/// A database of its own, simulated targets and a simulated clock, and workers on them.
struct Bench: Sendable {
    private let storage: TestStorage
    let database: any Database
    let clock: SimulatedClock
    let targets: [Slug: SimulatedTarget]

    static func with(
        targets names: [String] = ["corp"], pause: Duration = .zero, _ body: (Bench) async throws -> Void
    ) async throws {
        let bench = try await Bench(storage: try TestStorage(), names: names, pause: pause)
        do {
            try await body(bench)
        } catch {
            await bench.database.close()
            throw error
        }
        await bench.database.close()
    }

    private init(storage: TestStorage, names: [String], pause: Duration) async throws {
        self.storage = storage
        clock = SimulatedClock(pause: pause)
        database = try await storage.open()
        try await Schema.migrate(database, at: clock.now())
        var targets: [Slug: SimulatedTarget] = [:]
        for name in names { targets[try slug(name)] = SimulatedTarget(clock: clock) }
        self.targets = targets
    }

    var corp: SimulatedTarget {
        get throws { try #require(targets[try slug("corp")]) }
    }

    struct Options {
        var owner = "worker-1"
        var report: Set<String> = []
        var requestsPerSecond = 100_000.0
        var concurrency = 8
        var maximumAttempts = 4
        var batch = 256
        var random = RandomSource { 0.5 }
        var breaker = CircuitBreaker.Settings(failuresToOpen: 1_000)
        var critical: Set<String> = ["corp"]
        var append: RecordAppender = { try AuditLog($1).append($0) }
        var onVerified: VerificationObserver = { _, _ in }
        var crashPoint: CrashPoint = { _ in }
    }

    func workflow(_ change: (inout Options) -> Void = { _ in }) -> Workflow {
        var options = Options()
        change(&options)
        var settings = WorkflowSettings(owner: options.owner)
        settings.maximumAttempts = options.maximumAttempts
        settings.batch = options.batch
        return Workflow(
            database: database,
            targets: targets.map { name, target in
                WorkflowTarget(
                    name: name, connector: target, isEnforced: !options.report.contains(name.text),
                    isCritical: options.critical.contains(name.text), requestsPerSecond: options.requestsPerSecond,
                    concurrency: options.concurrency)
            },
            settings: settings, clock: clock, random: options.random, breaker: options.breaker,
            append: options.append, onVerified: options.onVerified, crashPoint: options.crashPoint)
    }

    func records(_ type: String? = nil) async throws -> [Record] {
        try await database.read { session in
            try session.query("SELECT leaf FROM audit_leaves ORDER BY seq").map { row in
                try Entry(leaf: try row.text(0).utf8).record
            }
        }.filter { type == nil || $0.type == type }
    }

    /// Opens one case that carries all of its changes, as if they had been approved.
    @discardableResult
    func open(
        _ id: String, _ kind: Case.Kind = .joiner, _ identity: String? = "e-0001", _ changes: [Change],
        with workflow: Workflow? = nil, compensates: Bool = true
    ) async throws -> OpenedCase {
        let opening = CaseOpening(
            id: id, kind: kind, identity: identity.flatMap { IdentityID($0) }, causedAt: clock.now(),
            changes: changes, source: ["event": "hr-1"], compensates: compensates)
        let opened = try await (workflow ?? self.workflow()).open(
            [opening], approved: changes, planHash: "hash", actor: "local:test")
        return try #require(opened.first)
    }

    func state(_ caseID: String) async throws -> Case.State {
        try #require(try await workflow().show(caseID)).summary.state
    }

    func steps(_ caseID: String) async throws -> [CaseReport.ChangeReport] {
        try #require(try await workflow().show(caseID)).changes
    }
}

func slug(_ text: String) throws -> Slug { try #require(Slug(text)) }

/// Changes of the kinds that cases are made of.
enum Make {
    static func membership(
        _ operation: Change.Operation, _ person: String, _ group: String, on target: String = "corp",
        stage: Int = 2, after: [String] = []
    ) throws -> Change {
        let identity = try #require(IdentityID(person))
        let fact = Fact.membership(
            Membership(group: group, notation: nil, identity: identity, account: "\(person)@example.org"))
        return Change(
            target: try slug(target), operation: operation, lane: operation == .add ? .grant : .revoke, fact: fact,
            before: operation == .remove ? fact : nil, causes: [.drift], risk: 1, stage: stage, after: after)
    }

    static func account(
        _ operation: Change.Operation, _ person: String, _ state: Account.State = .active, on target: String = "corp"
    ) throws -> Change {
        let identity = try #require(IdentityID(person))
        func fact(_ state: Account.State) -> Fact {
            .account(Account(identity: identity, name: "\(person)@example.org", state: state))
        }
        return Change(
            target: try slug(target), operation: operation,
            lane: operation == .remove || state == .disabled ? .revoke : .grant, fact: fact(state),
            before: operation == .add ? nil : fact(state == .active ? .disabled : .active), causes: [.drift], risk: 1,
            stage: 1)
    }

    static func group(_ operation: Change.Operation, _ name: String, on target: String = "corp") throws -> Change {
        let fact = Fact.group(GroupFact(slug: name, notation: nil))
        return Change(
            target: try slug(target), operation: operation, lane: operation == .add ? .grant : .revoke, fact: fact,
            before: operation == .remove ? fact : nil, causes: [.drift], risk: 1, stage: operation == .add ? 0 : 3)
    }

    /// A group, an account and its memberships.
    static func joiner(_ person: String = "e-0001", groups: [String] = ["g1", "g2"]) throws -> [Change] {
        try groups.map { try group(.add, $0) } + [account(.add, person)]
            + groups.map { try membership(.add, person, $0) }
    }
}
