import AccessModel
import ConnectorKit
import Definitions
import Persistence
import Synchronization
import TestSupport
import WorkflowEngine

extension SimulatedClock: WorkflowClock {}

extension Workload {
    /// Ten thousand assignments against a target that takes twenty requests a second, in simulated time: what was forecast
    /// against what it took, and how long revocations took that came in the middle.
    static let limitedTarget = Workload(
        "forecast", area: "Workflow engine", title: "10,000 assignments at 20 a second, simulated time"
    ) { bench in
        let count = bench.sizes([10_000])[0]
        let load = try LimitedLoad(grants: count, revocations: 200)
        let taken = try await load.run()
        let forecast = RunForecast(changes: count + 200, revocations: 200, requestsPerSecond: 20)
        bench.record(
            "forecast, off by", size: count, unit: "%",
            100 * abs(forecast.total.seconds - taken.total.seconds) / taken.total.seconds, goal: .atMost(15))
        bench.record(
            "200 revocations queued in the middle", size: count, unit: "s", taken.revoked.seconds,
            goal: .atMost(forecast.untilRevoked.seconds + 5))
    }
}

/// Grants with revocations among them that come while half of the grants are done.
struct LimitedLoad {
    struct Taken {
        let total: Span
        /// From when they were queued until the last was sent.
        let revoked: Span
    }

    private let grants: [Change]
    private let revocations: [Change]

    init(grants: Int, revocations: Int) throws {
        guard let target = Slug("corp") else { throw EnterpriseError(description: "no slug") }
        func change(_ number: Int, _ operation: Change.Operation) -> Change {
            let group = operation == .add ? "g-\(number)" : "old-\(number)"
            let fact = Fact.roleAssignment(
                RoleAssignment(group: group, notation: nil, role: "reader", scope: "*/*/*/*"))
            return Change(
                target: target, operation: operation, lane: operation == .add ? .grant : .revoke, fact: fact,
                before: operation == .add ? nil : fact, causes: [.drift], risk: 1, stage: 3)
        }
        self.grants = (0..<grants).map { change($0, .add) }
        self.revocations = (0..<revocations).map { change($0, .remove) }
    }

    func run() async throws -> Taken {
        guard let target = Slug("corp") else { throw EnterpriseError(description: "no slug") }
        let clock = SimulatedClock()
        let system = SimulatedTarget(clock: clock, facts: revocations.map(\.fact))
        let folder = try BenchFolder()
        let database = try await SQLiteDatabase.open(folder.path("tenure.db"))
        try await Schema.migrate(database, at: clock.now())
        let workflow = Workflow(
            database: database, targets: [WorkflowTarget(name: target, connector: system, requestsPerSecond: 20)],
            settings: WorkflowSettings(owner: "bench"), clock: clock)
        let organization = try Workplace.organization(targets: [target])
        try await open("grants", grants, workflow, organization, clock)
        let middle = grants[grants.count / 2].id
        let failure = Mutex<(any Error)?>(nil)
        await system.onApply { change in
            guard change.id == middle else { return }
            do {
                try await open("revocations", revocations, workflow, organization, clock)
            } catch {
                failure.withLock { $0 = error }
            }
        }
        let start = clock.now()
        let summary = try await workflow.runUntilQuiescent(budget: .hours(24))
        let total = clock.now() - start
        await database.close()
        if let error = failure.withLock({ $0 }) { throw error }
        let calls = await system.calls
        guard summary.verified == grants.count + revocations.count,
            let queued = calls.first(where: { $0.changeID == middle })?.at,
            let last = calls.last(where: { $0.operation == .remove })?.at
        else { throw EnterpriseError(description: "\(summary.verified) verified") }
        return Taken(total: total, revoked: last - queued)
    }

    private func open(
        _ id: String, _ changes: [Change], _ workflow: Workflow, _ organization: Organization, _ clock: SimulatedClock
    ) async throws {
        let opening = CaseOpening(
            id: id, kind: .definitions, identity: nil, causedAt: clock.now(), changes: changes, source: .null)
        _ = try await workflow.open([opening], plan: Workplace.approve(changes, organization), actor: "bench")
    }
}
