import AccessModel
import Foundation
import Persistence
import Policies
import WorkflowEngine

extension Workload {
    /// A thousand cases at once, each of eight changes on eight targets, one after another; every step claimed, sent,
    /// read back, and all of it recorded.
    static let stepWorkflows = Workload(
        "workflows", area: "Workflow engine", title: "8-step workflows, 1,000 in flight"
    ) { bench in
        for kind in Workplace.Kind.allCases {
            let count = bench.sizes([1_000])[0]
            let load = try WorkflowLoad(cases: count, steps: 8)
            var rates: [Double] = []
            var limits: [Double] = []
            for run in 0..<4 {
                var isThere = false
                isThere = try await Workplace.with(kind, targets: load.targets()) { place in
                    let taken = try await load.run(on: place)
                    let bare = try await load.bareWrites(on: place)
                    guard run > 0 else { return }
                    rates.append(Double(count) / taken)
                    limits.append(Double(count) / bare)
                }
                guard isThere else {
                    bench.note("SKIPPED \(kind.rawValue): it is not installed")
                    break
                }
            }
            guard !rates.isEmpty else { continue }
            var references = [Reference("group-commit limit", Samples(limits).median)]
            references.append(
                kind == .postgresql
                    ? try DBOSPeer.rate(workflows: count, steps: 8, bench)
                    : Reference("DBOS on PostgreSQL", skipped: "it has no such database"))
            let rate = Samples(rates)
            bench.record(
                "workflows a second, \(kind.rawValue)", size: count, unit: "1/s", rate.median, samples: rate.seconds,
                goal: .atLeast(0.3, times: "group-commit limit"), references: references)
            if kind == .postgresql {
                bench.record(
                    "against DBOS", size: count, unit: "1/s", rate.median, goal: .atLeast(20, times: "DBOS"),
                    references: references)
            }
        }
    }
}

/// Cases of accounts to be made, in every target one, one after another.
struct WorkflowLoad: Sendable {
    private let names: [Slug]
    private let openings: [CaseOpening]
    /// Each case has a plan of its own, as if each had been decided by itself.
    private let plans: [ApprovedPlan]

    init(cases: Int, steps: Int) throws {
        let names = try (1...steps).map { number -> Slug in
            guard let name = Slug("target-\(number)") else { throw EnterpriseError(description: "no slug") }
            return name
        }
        let organization = try Workplace.organization(targets: names)
        let now = WallClock().now()
        let openings = try (0..<cases).map { number -> CaseOpening in
            guard let person = PersonID("p-\(number)") else { throw EnterpriseError(description: "no person") }
            return CaseOpening(
                id: "case-\(number)", kind: .joiner, identity: .person(person), causedAt: now,
                changes: Self.changes(.person(person), names))
        }
        plans = openings.map { Workplace.approve($0.changes, organization) }
        self.names = names
        self.openings = openings
    }

    private static func changes(_ identity: IdentityID, _ names: [Slug]) -> [Change] {
        var changes: [Change] = []
        for name in names {
            let account = Account(identity: identity, name: "\(identity)@mountainlab.io", state: .active)
            changes.append(
                Change(
                    target: name, operation: .add, lane: .grant, fact: .account(account),
                    causes: [.event(source: "hr", id: "1", type: "io.tenure.identity.joined")], risk: 1, stage: 1,
                    after: changes.last.map { [$0.id] } ?? []))
        }
        return changes
    }

    func targets() -> [Slug: InstantTarget] {
        Dictionary(uniqueKeysWithValues: names.map { ($0, InstantTarget()) })
    }

    /// Seconds from the first case asked for to the last one settled, each asked for by a call of its own.
    func run(on place: Workplace) async throws -> Double {
        let workflow = place.workflow()
        let start = Stopwatch.wall.seconds
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (opening, plan) in zip(openings, plans) {
                group.addTask { _ = try await workflow.open([opening], plan: plan, actor: "bench") }
            }
            try await group.waitForAll()
        }
        let summary = try await workflow.runUntilQuiescent(budget: .minutes(10))
        let taken = Stopwatch.wall.seconds - start
        guard summary.isFinished, summary.verified == openings.count * names.count else {
            throw EnterpriseError(description: "\(summary.verified) verified, \(summary.stalledCount) stalled")
        }
        return taken
    }

    /// Seconds that the same database takes for the least that would be durable: for each step its three states, one
    /// bare row each, 256 to a transaction.
    func bareWrites(on place: Workplace) async throws -> Double {
        try await place.database.write { session in
            _ = try session.execute("CREATE TABLE bare (id BIGINT PRIMARY KEY, state BIGINT NOT NULL)")
        }
        let steps = openings.count * names.count
        let start = Stopwatch.wall.seconds
        for state in 0..<3 {
            for first in stride(from: 0, to: steps, by: 256) {
                let rows: [[SQLValue]] = (first..<min(first + 256, steps)).map { [.int($0), .int(state)] }
                try await place.database.write { session in
                    _ = try session.insert(
                        into: "bare (id, state)", rows,
                        onConflict: "ON CONFLICT (id) DO UPDATE SET state = excluded.state")
                }
            }
        }
        return Stopwatch.wall.seconds - start
    }
}
