import AccessModel
import TestSupport
import Testing
import WorkflowEngine

/// Changes that others were asked to make: they wait for as long as it takes, and are done when the target shows them.
@Suite struct UnderwayTests {
    @Test func isProvisionedOnlyWhenTheTargetShowsIt() async throws {
        try await Bench.with { bench in
            try await bench.corp.inject(.propose)
            try await bench.open("c1", .definitions, nil, [try Make.group(.add, "g1")])
            // Far more looks than a failing step has attempts.
            for _ in 0..<20 {
                let summary = try await bench.workflow().runUntilQuiescent(budget: .seconds(0))
                #expect(summary.verified == 0 && summary.waitingCount == 1 && summary.stalledCount == 0)
                #expect(summary.waiting.first?.problem == "it waits for pull request 7 to be merged")
                #expect(try await bench.state("c1") == .approved)
                bench.clock.advance(by: .minutes(1))
            }
            #expect(try await bench.corp.calls.count == 1, "asked once, looked at often")
            let report = try #require(try await bench.workflow().show("c1"))
            #expect(report.waitsFor?.contains("pull request 7 to be merged") == true)
            #expect(report.summary.isStalled == false)

            try await bench.corp.takeUp()
            let done = try await bench.workflow().runUntilQuiescent(budget: .seconds(0))
            #expect(done.isFinished && done.verified == 1)
            #expect(try await bench.state("c1") == .active)
            let results = try await bench.records("change.result").compactMap { $0.body["outcome"]?.string }
            #expect(results == ["proposed"])
            #expect(try await bench.records("change.attempt").count == 1)
            #expect(try await bench.records("change.verified").count == 1)
        }
    }

    @Test func whatIsRefusedIsAskedForAnewAndNeverLost() async throws {
        try await Bench.with { bench in
            try await bench.corp.inject(.propose)
            try await bench.open("c1", .definitions, nil, [try Make.group(.add, "g1")])
            _ = try await bench.workflow().runUntilQuiescent(budget: .seconds(0))
            try await bench.corp.refuseProposals()
            try await bench.corp.inject(.fail(.conflict, retryAfter: .minutes(10)), times: 1)
            try await bench.corp.heal()
            try await bench.corp.inject(.fail(.conflict, retryAfter: .minutes(10)), times: 1)
            bench.clock.advance(by: .minutes(1))
            let refused = try await bench.workflow().runUntilQuiescent(budget: .minutes(5))
            #expect(refused.waitingCount == 1 && refused.stalledCount == 0)
            #expect(try await bench.state("c1") == .approved)
            try await bench.corp.inject(.propose)
            bench.clock.advance(by: .minutes(20))
            _ = try await bench.workflow().runUntilQuiescent(budget: .seconds(0))
            try await bench.corp.takeUp()
            bench.clock.advance(by: .minutes(1))
            #expect(try await bench.workflow().runUntilQuiescent(budget: .seconds(0)).isFinished)
            #expect(try await bench.state("c1") == .active)
        }
    }

    @Test func aRemovalThatOthersMakeWaitsLikewise() async throws {
        try await Bench.with { bench in
            let change = try Make.group(.remove, "g1")
            try await bench.corp.put(change.fact)
            try await bench.corp.inject(.propose)
            try await bench.open("c1", .definitions, nil, [change])
            _ = try await bench.workflow().runUntilQuiescent(budget: .minutes(5))
            #expect(try await bench.state("c1") == .approved)
            try await bench.corp.takeUp()
            bench.clock.advance(by: .minutes(1))
            #expect(try await bench.workflow().runUntilQuiescent(budget: .seconds(0)).verified == 1)
            #expect(try await bench.state("c1") == .active)
        }
    }

    @Test func aReplyThatIsLostIsFoundUnderway() async throws {
        try await Bench.with { bench in
            let change = try Make.group(.add, "g1")
            try await bench.corp.inject(.propose)
            try await bench.open("c1", .definitions, nil, [change])
            let broken = bench.workflow { $0.crashPoint = { if $0 == .afterApply { throw Killed() } } }
            await #expect(throws: Killed.self) { try await broken.runUntilQuiescent(budget: .seconds(0)) }
            bench.clock.advance(by: .minutes(3))
            _ = try await bench.workflow { $0.owner = "worker-2" }.runUntilQuiescent(budget: .seconds(0))
            #expect(try await bench.corp.calls.count == 1, "read back, not sent again")
            #expect(try await bench.steps("c1").first?.state == .applied)
            #expect(try await bench.state("c1") == .approved)
        }
    }

    private struct Killed: Error {}
}
