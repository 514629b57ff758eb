import AccessModel
import ConnectorKit
import TestSupport
import Testing

@testable import WorkflowEngine

@Suite("Limits and lanes")
struct LimitTests {
    @Test("a stated delay is honoured by the whole target")
    func throttling() async throws {
        try await Bench.with { bench in
            let start = bench.clock.now()
            try await bench.corp.inject(.fail(.throttled, retryAfter: .seconds(90)), times: 1)
            try await bench.open("c1", .definitions, nil, [try Make.group(.add, "g1")])
            let early = try await bench.workflow().runUntilQuiescent(budget: .seconds(30))
            #expect(early.waitingCount == 1 && early.verified == 0)
            #expect(try #require(early.waitingUntil) >= start + .seconds(90))
            let report = try #require(try await bench.workflow().show("c1"))
            #expect(report.waitsFor?.contains("throttled") == true && report.until == early.waitingUntil)
            let late = try await bench.workflow().runUntilQuiescent(budget: .minutes(5))
            #expect(late.isFinished)
            let calls = try await bench.corp.calls
            #expect(calls.count == 2 && calls[1].at >= start + .seconds(90))
        }
    }

    @Test("a revocation overtakes a thousand grants")
    func overtaking() async throws {
        try await Bench.with { bench in
            let grants = try (1...1_000).map { try Make.membership(.add, "e-\($0)", "g1") }
            try await bench.open("grants", .definitions, nil, grants)
            let leaver = try Make.membership(.remove, "e-5000", "g2")
            try await bench.corp.put(leaver.fact)
            bench.clock.advance(by: .minutes(1))
            try await bench.open("leaver", .leaver, "e-5000", [leaver])
            let summary = try await bench.workflow {
                $0.concurrency = 2
                $0.batch = 50
            }.runUntilQuiescent(budget: .hours(1))
            #expect(summary.verified == 1_001)
            let calls = try await bench.corp.calls
            let place = try #require(calls.firstIndex { $0.lane == .revoke })
            #expect(place < 50, "\(place)")
        }
    }

    @Test("a revocation that comes while grants run does not wait for their end")
    func overtakingUnderWay() async throws {
        try await Bench.with { bench in
            let grants = try (1...500).map { try Make.membership(.add, "e-\($0)", "g1") }
            try await bench.open("grants", .definitions, nil, grants)
            let leaver = try Make.membership(.remove, "e-5000", "g2")
            try await bench.corp.put(leaver.fact)
            let opened = Log()
            let workflow = bench.workflow { options in
                options.concurrency = 2
                options.batch = 20
                options.crashPoint = { boundary in
                    guard boundary == .afterResults else { return }
                    opened.add("wave")
                    if opened.texts.count == 3 { try await bench.open("leaver", .leaver, "e-5000", [leaver]) }
                }
            }
            _ = try await workflow.runUntilQuiescent(budget: .hours(1))
            let place = try #require(try await bench.corp.calls.firstIndex { $0.lane == .revoke })
            #expect(place >= 60 && place < 120, "\(place)")
        }
    }

    @Test("while more is opened, what was told is written down after the others were told", .timeLimit(.minutes(10)))
    func tellingFirst() async throws {
        try await Bench.with { bench in
            let portions = try (0..<4).map { portion in
                try (1...10).map { try Make.membership(.remove, "e-\(portion * 10 + $0)", "g1") }
            }
            for change in portions.joined() { try await bench.corp.put(change.fact) }
            let log = Log()
            let workflow = bench.workflow { options in
                options.crashPoint = { boundary in
                    if boundary == .afterApply { log.add("told") }
                    if boundary == .beforeReadBack || boundary == .beforeResults { log.add("written") }
                }
            }
            let summary = try await workflow.runUntilQuiescent(
                budget: .hours(1),
                opening: { _ in
                    let next = log.texts.count { $0 == "opened" }
                    // The next portion is opened only once the one before was told.
                    while log.texts.count(where: { $0 == "told" }) < next * 10 { await Task.yield() }
                    guard next < portions.count else { return OpenedPortion(isMoreToCome: false, begun: .none) }
                    try await bench.open("c\(next)", .access, nil, portions[next], with: workflow)
                    log.add("opened")
                    return OpenedPortion(isMoreToCome: true, begun: .none)
                })
            #expect(summary.verified == 40 && summary.sent == 40 && summary.isFinished)
            let before = log.texts.prefix { $0 != "written" }.count { $0 == "told" }
            #expect(before == (bench.database.dialect == .sqlite ? 40 : 10))
            #expect(log.texts.count { $0 == "written" } == 8)
            for number in 0..<4 {
                #expect(try await bench.steps("c\(number)").allSatisfy { $0.state == .verified && $0.attempts == 1 })
            }
        }
    }

    @Test("the breaker opens on a dead target, and the others go on")
    func breaker() async throws {
        try await Bench.with(targets: ["corp", "wiki"]) { bench in
            try await bench.corp.inject(.loseRequest)
            let changes = try ["corp", "wiki"].flatMap { target in
                try (1...40).map { try Make.group(.add, "g\($0)", on: target) }
            }
            try await bench.open("c1", .definitions, nil, changes)
            let workflow = bench.workflow {
                $0.concurrency = 1
                $0.breaker = CircuitBreaker.Settings(failuresToOpen: 5)
            }
            let first = try await workflow.runUntilQuiescent(budget: .seconds(5))
            #expect(first.verified == 40 && first.waitingCount == 40)
            #expect(try await bench.corp.calls.count == 5)
            try await bench.corp.heal()
            let second = try await workflow.runUntilQuiescent(budget: .hours(1))
            #expect(second.isFinished && second.verified == 40)
        }
    }

    @Test("no more calls at once than the target takes")
    func concurrency() async throws {
        try await Bench.with { bench in
            try await bench.open(
                "c1", .definitions, nil, try (1...100).map { try Make.membership(.add, "e-\($0)", "g") })
            let removals = try (1...100).map { try Make.membership(.remove, "e-\($0)", "h") }
            for removal in removals { try await bench.corp.put(removal.fact) }
            try await bench.open("c2", .definitions, nil, removals)
            _ = try await bench.workflow { $0.concurrency = 3 }.runUntilQuiescent(budget: .hours(1))
            let most = try await bench.corp.mostAtOnce
            #expect(most >= 2 && most <= 3, "\(most)")
        }
    }

    @Test("no more calls a second than the target takes")
    func rate() async throws {
        try await Bench.with { bench in
            let start = bench.clock.now()
            try await bench.open(
                "c1", .definitions, nil, try (1...40).map { try Make.membership(.add, "e-\($0)", "g") })
            _ = try await bench.workflow { $0.requestsPerSecond = 2 }.runUntilQuiescent(budget: .hours(1))
            #expect(bench.clock.now() - start >= .seconds(17))
        }
    }

    @Test("backoff grows, is capped, is jittered, and never undercuts the target")
    func backoff() {
        let backoff = Backoff(base: .seconds(1), cap: .minutes(1))
        func delay(_ attempt: Int, _ random: Double, _ stated: Span? = nil) -> Int64 {
            backoff.delay(afterAttempt: attempt, retryAfter: stated, random: random).milliseconds
        }
        #expect([1, 2, 3, 4].map { delay($0, 0.5) } == [500, 1_000, 2_000, 4_000])
        #expect(delay(30, 0.999) == 59_940 && delay(.max, 0.5) == 30_000)
        #expect(delay(5, 0) == 1)
        #expect(delay(1, 0, .seconds(30)) == 30_000 && delay(9, 0.5, .hours(1)) == 3_600_500)
    }
}
