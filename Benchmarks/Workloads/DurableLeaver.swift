import AccessModel
import WorkflowEngine

extension Workload {
    /// Somebody leaves eight targets that take 50 ms for a change each: opened, sent, read back and recorded, all on
    /// disk. The wait for the targets is side by side, so one of them is the limit.
    static let durableLeaver = Workload(
        "leaver", area: "Workflow engine", title: "a leaver over 8 targets of 50 ms each, all durable"
    ) { bench in
        let names = (1...8).compactMap { Slug("target-\($0)") }
        let organization = try Workplace.organization(targets: names)
        for kind in Workplace.Kind.allCases {
            var seconds: [Double] = []
            let accounts = (0..<12).compactMap { PersonID("p-\($0)") }.map { person in
                Account(identity: .person(person), name: "\(person)@mountainlab.io", state: .active)
            }
            let targets = Dictionary(
                uniqueKeysWithValues: names.map { name in
                    (name, InstantTarget(delay: .milliseconds(50), holding: accounts.map { .account($0) }))
                })
            let isThere = try await Workplace.with(kind, targets: targets) { place in
                let workflow = place.workflow()
                for (number, account) in accounts.enumerated() {
                    let changes = names.map { name in
                        var disabled = account
                        disabled.state = .disabled
                        return Change(
                            target: name, operation: .update, lane: .revoke, fact: .account(disabled),
                            before: .account(account),
                            causes: [.event(source: "hr", id: "1", type: "io.tenure.identity.left")], risk: 1, stage: 1)
                    }
                    let plan = Workplace.approve(changes, organization)
                    let opening = CaseOpening(
                        id: "leaver-\(number)", kind: .leaver, identity: account.identity,
                        causedAt: WallClock().now(), changes: changes)
                    let start = Stopwatch.wall.seconds
                    _ = try await workflow.open([opening], plan: plan, actor: "bench")
                    let summary = try await workflow.runUntilQuiescent(budget: .minutes(1))
                    if number >= 2 { seconds.append(Stopwatch.wall.seconds - start) }
                    guard summary.isFinished, summary.verified == names.count else {
                        throw EnterpriseError(description: "\(summary.verified) verified")
                    }
                }
            }
            guard isThere else {
                bench.note("SKIPPED \(kind.rawValue): it is not installed")
                continue
            }
            let samples = Samples(seconds)
            bench.record(
                "leaver, \(kind.rawValue)", unit: "ms", samples.median * 1_000, samples: samples.milliseconds,
                goal: .atMost(1.2, times: "one target"), references: [Reference("one target", 50)])
        }
    }
}
