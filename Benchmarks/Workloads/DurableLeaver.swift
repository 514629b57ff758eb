import AccessModel
import Persistence
import Policies
import WorkflowEngine

extension Workload {
    /// Somebody leaves eight targets that take 50 ms for a change each: opened, sent, read back and recorded, all on
    /// disk. The wait for the targets is side by side, so one of them is the limit: its change, and where reading takes
    /// 50 ms as well, its read-back after it.
    static let durableLeaver = Workload(
        "leaver", area: "Workflow engine", title: "a leaver over 8 targets of 50 ms each, all durable"
    ) { bench in
        for kind in Workplace.Kind.allCases {
            for reading in [0, 50] {
                let load = try LeaverLoad(calling: 50, reading: reading)
                var found: LeaverLoad.Result?
                let isThere = try await Workplace.with(kind, targets: load.targets) {
                    found = try await load.run(on: $0)
                }
                guard isThere, let found else {
                    bench.note("SKIPPED \(kind.rawValue): it is not installed")
                    break
                }
                bench.record(
                    "leaver, \(kind.rawValue)\(reading > 0 ? ", reading takes \(reading) ms too" : "")", unit: "ms",
                    found.leavers.median * 1_000, samples: found.leavers.milliseconds,
                    goal: .atMost(1.2, times: "one target"),
                    references: [
                        Reference("one target", Double(50 + reading)),
                        Reference("one bare commit", found.commits.median * 1_000),
                    ])
            }
        }
    }
}

/// People of eight accounts each, who leave one after another.
struct LeaverLoad: Sendable {
    struct Result: Sendable {
        let leavers: Samples
        /// Of one row each, on the same database.
        let commits: Samples
    }

    let targets: [Slug: InstantTarget]
    private let names: [Slug]
    private let accounts: [Account]
    private let plans: [ApprovedPlan]

    /// With milliseconds for a change and for a read.
    init(calling: Int, reading: Int) throws {
        let names = (1...8).compactMap { Slug("target-\($0)") }
        let organization = try Workplace.organization(targets: names)
        let accounts = (0..<22).compactMap { PersonID("p-\($0)") }.map { person in
            Account(identity: .person(person), name: "\(person)@mountainlab.io", state: .active)
        }
        targets = Dictionary(
            uniqueKeysWithValues: names.map { name in
                let target = InstantTarget(
                    delay: .milliseconds(calling), reading: .milliseconds(reading),
                    holding: accounts.map { .account($0) })
                return (name, target)
            })
        plans = accounts.map { account in
            var disabled = account
            disabled.state = .disabled
            let changes = names.map { name in
                Change(
                    target: name, operation: .update, lane: .revoke, fact: .account(disabled),
                    before: .account(account),
                    causes: [.event(source: "hr", id: "1", type: "io.tenure.identity.left")], risk: 1, stage: 1)
            }
            return Workplace.approve(changes, organization)
        }
        self.names = names
        self.accounts = accounts
    }

    func run(on place: Workplace) async throws -> Result {
        let workflow = place.workflow()
        var seconds: [Double] = []
        for (number, (account, plan)) in zip(accounts, plans).enumerated() {
            let opening = CaseOpening(
                id: "leaver-\(number)", kind: .leaver, identity: account.identity, causedAt: WallClock().now(),
                changes: plan.changes)
            let start = Stopwatch.wall.seconds
            _ = try await workflow.open([opening], plan: plan, actor: "bench")
            let summary = try await workflow.runUntilQuiescent(budget: .minutes(1))
            if number >= 2 { seconds.append(Stopwatch.wall.seconds - start) }
            guard summary.isFinished, summary.verified == names.count else {
                throw EnterpriseError(description: "\(summary.verified) verified")
            }
        }
        return Result(leavers: Samples(seconds), commits: try await bareCommits(on: place.database))
    }

    private func bareCommits(on database: any Database) async throws -> Samples {
        try await database.write { _ = try $0.execute("CREATE TABLE bare (id BIGINT PRIMARY KEY)") }
        var seconds: [Double] = []
        for number in 0..<50 {
            let start = Stopwatch.wall.seconds
            try await database.write { _ = try $0.execute("INSERT INTO bare (id) VALUES ($1)", [.int(number)]) }
            seconds.append(Stopwatch.wall.seconds - start)
        }
        return Samples(seconds)
    }
}
