import AccessModel
import ConnectorKit
import StrictJSON
import TestSupport
import Testing

@testable import WorkflowEngine

@Suite("A run")
struct RunTests {
    @Test("carries a joiner out, reads every change back, and settles the case")
    func joiner() async throws {
        try await Bench.with { bench in
            let changes = try Make.joiner()
            try await bench.open("c1", .joiner, "e-0001", changes)
            let summary = try await bench.workflow().runUntilQuiescent(budget: .minutes(1))
            #expect(summary.verified == 5 && summary.sent == 5 && summary.failedAttempts == 0 && summary.isFinished)
            for change in changes { #expect(try await bench.corp.holds(change.fact)) }
            let report = try #require(try await bench.workflow().show("c1"))
            #expect(report.timeline.map(\.state) == [.requested, .approved, .provisioned, .validated, .active])
            #expect(report.changes.allSatisfy { $0.state == .verified && $0.attempts == 1 && $0.verifiedAt != nil })
        }
    }

    @Test("applies lower stages first, and reads back once a wave")
    func stages() async throws {
        try await Bench.with { bench in
            try await bench.open("c1", .joiner, "e-0001", try Make.joiner().reversed())
            _ = try await bench.workflow().runUntilQuiescent(budget: .minutes(1))
            let kinds = try await bench.corp.calls.map { String($0.key.prefix { $0 != " " }) }
            #expect(kinds == ["group", "group", "account", "membership", "membership"])
            #expect(try await bench.corp.observations.count == 3)
        }
    }

    @Test("settles a leaver as revoked, and writes every record in its order")
    func leaver() async throws {
        try await Bench.with { bench in
            let changes = [
                try Make.account(.update, "e-0001", .disabled), try Make.membership(.remove, "e-0001", "g1"),
            ]
            for change in changes { if let before = change.before { try await bench.corp.put(before) } }
            try await bench.open("c1", .leaver, "e-0001", changes)
            _ = try await bench.workflow().runUntilQuiescent(budget: .minutes(1))
            #expect(try await bench.state("c1") == .revoked)
            let types = try await bench.records().map(\.type)
            #expect(
                types == [
                    "case.opened", "case.state", "case.state", "change.planned", "change.planned",
                    "change.attempt", "change.result", "change.verified",
                    "change.attempt", "change.result", "change.verified",
                    "case.state", "case.state", "case.state",
                ])
            let opened = try #require(try await bench.records("case.opened").first)
            #expect(opened.body["critical"]?.bool == true && opened.body["source_event"]?.string == "hr-1")
        }
    }

    @Test("catches a target that says yes and does nothing: the case is not validated")
    func lyingTarget() async throws {
        try await Bench.with { bench in
            let changes = try Make.joiner(groups: ["g1"])
            try await bench.corp.inject(.lie) { $0.fact.kind == .membership }
            try await bench.open("c1", .joiner, "e-0001", changes)
            let summary = try await bench.workflow().runUntilQuiescent(budget: .hours(1))
            #expect(try await bench.state("c1") == .approved)
            #expect(summary.stalledCount == 1 && summary.failedAttempts == 4)
            let step = try #require(try await bench.steps("c1").first { $0.change.fact.kind == .membership })
            #expect(step.state == .stalled && step.attempts == 4 && step.verifiedAt == nil)
            #expect(step.problem?.contains("reading back does not show it") == true)
            let readBacks = try await bench.records("change.verified").filter { $0.body["holds"]?.bool == false }
            #expect(readBacks.count == 4)
        }
    }

    @Test("a lie that ends is noticed and mended")
    func passingLie() async throws {
        try await Bench.with { bench in
            try await bench.corp.inject(.lie, times: 2) { $0.fact.kind == .account }
            try await bench.open("c1", .joiner, "e-0001", try Make.joiner())
            let summary = try await bench.workflow().runUntilQuiescent(budget: .hours(1))
            #expect(summary.isFinished && summary.failedAttempts == 2)
            #expect(try await bench.state("c1") == .active)
        }
    }

    @Test("never takes a partial observation for an absence")
    func partialObservation() async throws {
        try await Bench.with { bench in
            let change = try Make.membership(.remove, "e-0001", "g1")
            try await bench.corp.put(change.fact)
            try await bench.corp.injectObservation(.partial, times: 2)
            try await bench.open("c1", .leaver, "e-0001", [change])
            let first = try await bench.workflow().runUntilQuiescent(budget: .zero)
            #expect(first.verified == 0 && first.waitingCount == 1)
            #expect(try await bench.state("c1") == .provisioned)
            #expect(try await bench.steps("c1").first?.state == .applied)
            let second = try await bench.workflow().runUntilQuiescent(budget: .hours(1))
            #expect(second.verified == 1 && second.sent == 0)
            #expect(try await bench.corp.calls.count == 1)
        }
    }

    @Test("a lost reply is read back, not sent again")
    func lostReply() async throws {
        try await Bench.with { bench in
            let change = try Make.group(.add, "g1")
            try await bench.corp.inject(.loseReply, times: 1)
            try await bench.open("c1", .definitions, nil, [change])
            let summary = try await bench.workflow().runUntilQuiescent(budget: .hours(1))
            #expect(summary.isFinished && summary.verified == 1 && summary.sent == 1)
            #expect(try await bench.corp.calls.count == 1)
            #expect(try await bench.state("c1") == .active)
            let results = try await bench.records("change.result").compactMap { $0.body["outcome"]?.string }
            #expect(results == ["failed", "already_held"])
        }
    }

    @Test("a lost request is read back first, then sent again")
    func lostRequest() async throws {
        try await Bench.with { bench in
            try await bench.corp.inject(.loseRequest, times: 2)
            try await bench.open("c1", .definitions, nil, [try Make.group(.add, "g1")])
            let summary = try await bench.workflow().runUntilQuiescent(budget: .hours(1))
            #expect(summary.isFinished && summary.sent == 3)
            #expect(try await bench.corp.observations.count == 3)
        }
    }

    @Test("a call that hangs is given up and does not hold up others")
    func hang() async throws {
        try await Bench.with { bench in
            try await bench.corp.inject(.hang(.minutes(1)), times: 1) { $0.fact.key == "group g1" }
            try await bench.open("c1", .definitions, nil, try (1...5).map { try Make.group(.add, "g\($0)") })
            let summary = try await bench.workflow().runUntilQuiescent(budget: .hours(1))
            #expect(summary.isFinished && summary.verified == 5)
            #expect(try await bench.state("c1") == .active)
        }
    }

    @Test("one failing target does not stop another, nor one failing change the next")
    func isolation() async throws {
        try await Bench.with(targets: ["corp", "wiki"]) { bench in
            try await bench.corp.inject(.fail(.targetFailure))
            let wiki = try #require(bench.targets[try slug("wiki")])
            await wiki.inject(.fail(.invalid)) { $0.fact.key == "group g2" }
            let changes = try ["corp", "wiki"].flatMap { target in
                try (1...3).map { try Make.group(.add, "g\($0)", on: target) }
            }
            try await bench.open("c1", .definitions, nil, changes)
            let summary = try await bench.workflow().runUntilQuiescent(budget: .hours(2))
            #expect(summary.verified == 2 && summary.stalledCount == 4)
            #expect(await wiki.held.map(\.key) == ["group g1", "group g3"])
            let steps = try await bench.steps("c1")
            let refused = try #require(steps.first { $0.change.id == "wiki add group g2" })
            #expect(refused.attempts == 1 && refused.state == .stalled)
            #expect(try #require(try await bench.workflow().show("c1")).summary.isStalled)
        }
    }

    @Test("an account that fails for good does not hold its memberships up for ever")
    func failedStage() async throws {
        try await Bench.with { bench in
            try await bench.corp.inject(.fail(.invalid)) { $0.fact.kind == .account }
            try await bench.open("c1", .joiner, "e-0001", try Make.joiner(groups: ["g1"]))
            let summary = try await bench.workflow().runUntilQuiescent(budget: .hours(1))
            #expect(summary.stalledCount == 1 && summary.verified == 2)
        }
    }

    @Test("a report-mode target and a held change are left out and named")
    func leftOut() async throws {
        try await Bench.with(targets: ["corp", "wiki"]) { bench in
            var held = try Make.membership(.remove, "e-0001", "g1")
            held.isHeld = true
            let changes = [held, try Make.group(.add, "g1", on: "wiki"), try Make.group(.add, "g1")]
            let workflow = bench.workflow { $0.report = ["wiki"] }
            let opened = try await bench.open("c1", .definitions, nil, changes, with: workflow)
            #expect(opened.steps == 1)
            #expect(opened.leftOut.map(\.reason) == [.held, .reportMode])
            _ = try await workflow.runUntilQuiescent(budget: .hours(1))
            #expect(await bench.targets[try slug("wiki")]?.calls.isEmpty == true)
            #expect(try await bench.state("c1") == .active)
        }
    }

    @Test("a change waits until those it comes after were tried, whether they succeeded or not")
    func after() async throws {
        try await Bench.with(targets: ["corp", "wiki"]) { bench in
            let new = try Make.membership(.add, "e-0001", "new", on: "wiki")
            let old = try Make.membership(.remove, "e-0001", "old", after: [new.id])
            try await bench.corp.put(old.fact)
            let wiki = try #require(bench.targets[try slug("wiki")])
            await wiki.inject(.fail(.targetFailure), times: 1)
            let observed = Log()
            await wiki.onApply { _ in observed.add("new") }
            try await bench.corp.onApply { _ in observed.add("old") }
            try await bench.open("c1", .mover, "e-0001", [old, new])
            #expect(try await bench.steps("c1").first?.state == .waiting)
            let summary = try await bench.workflow().runUntilQuiescent(budget: .hours(1))
            #expect(summary.isFinished)
            #expect(observed.texts == ["new", "old", "new"])
        }
    }

    @Test("changes that wait for each other are not waited for")
    func cycle() async throws {
        try await Bench.with { bench in
            let a = try Make.membership(.add, "e-0001", "a")
            let b = try Make.membership(.remove, "e-0001", "b", after: [a.id])
            let c = try Make.membership(.add, "e-0001", "a", after: [b.id])
            try await bench.open("c1", .mover, "e-0001", [b, c])
            #expect(try await bench.workflow().runUntilQuiescent(budget: .hours(1)).isFinished)
        }
    }

    @Test("progress reaches the total")
    func progress() async throws {
        try await Bench.with { bench in
            try await bench.open("c1", .joiner, "e-0001", try Make.joiner())
            let seen = Log()
            _ = try await bench.workflow().runUntilQuiescent(
                budget: .hours(1), progress: { seen.add("\($0.done)/\($0.total)") })
            #expect(seen.texts == ["2/5", "3/5", "5/5"])
        }
    }
}
