import AccessModel
import ConnectorKit
import StrictJSON
import TestSupport
import Testing

@testable import WorkflowEngine

@Suite("What a person does about a case")
struct ManualTests {
    /// A joiner's case whose second group the target refuses for good.
    private func stalled(_ bench: Bench) async throws -> Workflow {
        try await bench.corp.inject(.fail(.invalid)) { $0.fact.key == "group g2" }
        try await bench.open("c1", .joiner, "e-0001", try Make.joiner())
        let workflow = bench.workflow()
        let summary = try await workflow.runUntilQuiescent(budget: .hours(1))
        #expect(summary.stalled.map(\.changeID) == ["corp add group g2"])
        return workflow
    }

    @Test("retry tries a stalled step again, with a new series of attempts")
    func retry() async throws {
        try await Bench.with { bench in
            let workflow = try await stalled(bench)
            #expect(try await workflow.cases().map(\.isStalled) == [true])
            #expect(try await bench.records("case.stalled").count == 1)
            try await bench.corp.heal()
            #expect(try await workflow.retry("c1", reason: "fixed the quota", actor: "local:ana") == 1)
            let summary = try await workflow.runUntilQuiescent(budget: .hours(1))
            #expect(summary.isFinished)
            #expect(try await bench.state("c1") == .active)
            #expect(try await workflow.cases().map(\.isStalled) == [false])
            let act = try #require(try await bench.records("manual.action").first)
            #expect(act.actor == "local:ana" && act.body["action"]?.string == "retry")
        }
    }

    @Test("retry brings forward what waits for another attempt")
    func retryWaiting() async throws {
        try await Bench.with { bench in
            try await bench.corp.inject(.fail(.throttled, retryAfter: .hours(5)), times: 1)
            try await bench.open("c1", .definitions, nil, [try Make.group(.add, "g1")])
            _ = try await bench.workflow().runUntilQuiescent(budget: .zero)
            #expect(try await bench.workflow().retry("c1", actor: "local:ana") == 1)
            #expect(try await bench.workflow().runUntilQuiescent(budget: .zero).verified == 1)
        }
    }

    @Test("skip lets the case go on, and needs a reason")
    func skip() async throws {
        try await Bench.with { bench in
            let workflow = try await stalled(bench)
            let step = StepReference(caseID: "c1", sequence: 2)
            await #expect(throws: WorkflowError.self) { try await workflow.skip(step, reason: " ", actor: "local:ana") }
            try await workflow.skip(step, reason: "made by hand", actor: "local:ana")
            #expect(try await bench.state("c1") == .active)
            #expect(try await bench.steps("c1")[1].state == .skipped)
            #expect(try await bench.records("change.skipped").first?.body["reason"]?.string == "made by hand")
            let again = await #expect(throws: WorkflowError.self) {
                try await workflow.skip(step, reason: "again", actor: "local:ana")
            }
            #expect(again?.code == .state)
        }
    }

    @Test("cancel with compensation undoes what was done, last first, and nothing that was not")
    func compensation() async throws {
        try await Bench.with { bench in
            try await bench.corp.put(try Make.group(.add, "g1").fact)
            try await bench.corp.inject(.fail(.invalid), times: 1) { $0.fact.key == "membership g2 e-0001" }
            try await bench.open("c1", .joiner, "e-0001", try Make.joiner())
            let workflow = bench.workflow()
            _ = try await workflow.runUntilQuiescent(budget: .hours(1))
            let done = try await bench.corp.calls.count
            let cancelled = try await workflow.cancel(
                "c1", compensating: true, reason: "never came", actor: "local:ana")
            // The group g1 was there already; the membership in g2 may or may not have come to be.
            #expect(cancelled.ended == 1 && cancelled.undoing == 4)
            let summary = try await workflow.runUntilQuiescent(budget: .hours(1))
            #expect(summary.isFinished)
            #expect(try await bench.corp.held.map(\.key) == ["group g1"])
            let undone = try await bench.corp.calls.dropFirst(done).map(\.changeID)
            #expect(
                Set(undone.prefix(2)) == [
                    "corp remove membership g1 e-0001", "corp remove membership g2 e-0001",
                ])
            #expect(undone.suffix(2) == ["corp remove account e-0001", "corp remove group g2"])
            let report = try #require(try await workflow.show("c1"))
            #expect(report.timeline.last?.state == .cancelled)
            #expect(report.changes.suffix(4).allSatisfy { $0.state == .verified })
        }
    }

    @Test("cancel without compensation leaves what was done")
    func cancel() async throws {
        try await Bench.with { bench in
            let workflow = try await stalled(bench)
            let cancelled = try await workflow.cancel("c1", compensating: false, reason: "", actor: "local:ana")
            #expect(cancelled == Workflow.Cancellation(ended: 1, undoing: 0))
            #expect(try await bench.state("c1") == .cancelled)
            #expect(try await bench.corp.held.count == 4)
            #expect(try await workflow.runUntilQuiescent(budget: .hours(1)).sent == 0)
        }
    }

    @Test("a leaver's case is never cancelled, never given up, and pages")
    func leaver() async throws {
        try await Bench.with { bench in
            let change = try Make.membership(.remove, "e-0001", "g1")
            try await bench.corp.put(change.fact)
            try await bench.corp.inject(.fail(.forbidden), times: 7)
            try await bench.open("c1", .leaver, "e-0001", [change])
            let workflow = bench.workflow()
            let early = try await workflow.runUntilQuiescent(budget: .seconds(1))
            #expect(early.waitingCount == 1 && early.stalledCount == 0)
            #expect(try await workflow.cases().map(\.isStalled) == [true])
            #expect(try await bench.records("case.stalled").count == 1)
            let refused = await #expect(throws: WorkflowError.self) {
                try await workflow.cancel("c1", compensating: true, reason: "stays", actor: "local:ana")
            }
            #expect(refused?.code == .state && refused?.message.contains("only goes forward") == true)
            let late = try await workflow.runUntilQuiescent(budget: .hours(5))
            #expect(late.isFinished)
            #expect(try await bench.state("c1") == .revoked)
            #expect(try await workflow.cases().map(\.isStalled) == [false])
            #expect(try await bench.records("case.stalled").count == 1)
        }
    }

    @Test("what is not there, or not to be undone, is refused in plain words")
    func refusals() async throws {
        try await Bench.with { bench in
            let workflow = bench.workflow()
            func code(_ body: () async throws -> Void) async -> WorkflowError.Code? {
                do {
                    try await body()
                    return nil
                } catch {
                    return (error as? WorkflowError)?.code
                }
            }
            #expect(await code { try await workflow.retry("none", actor: "a") } == .unknown)
            try await bench.open("c1", .joiner, "e-1", [try Make.group(.add, "g")], compensates: false)
            #expect(
                await code { try await workflow.cancel("c1", compensating: true, reason: "", actor: "a") } == .state)
            let missing = StepReference(caseID: "c1", sequence: 9)
            #expect(await code { try await workflow.skip(missing, reason: "x", actor: "a") } == .unknown)
            #expect(await code { try await bench.open("c1", .joiner, "e-1", []) } == .exists)
            #expect(await code { try await bench.open("bad id", .joiner, "e-1", []) } == .invalid)
            _ = try await workflow.runUntilQuiescent(budget: .zero)
            #expect(
                await code { try await workflow.cancel("c1", compensating: false, reason: "", actor: "a") } == .state)
            #expect(try await bench.records("manual.action").isEmpty)
        }
    }

    @Test("a change that the approved plan does not hold is not opened")
    func notApproved() async throws {
        try await Bench.with { bench in
            let approved = try Make.account(.add, "e-0001")
            let other = try Make.account(.add, "e-0001", .disabled)
            for change in [other, try Make.group(.add, "g1")] {
                let opening = CaseOpening(
                    id: "c1", kind: .joiner, identity: nil, causedAt: bench.clock.now(), changes: [approved, change])
                let refused = await #expect(throws: WorkflowError.self) {
                    try await bench.workflow().open([opening], approved: [approved], planHash: "h", actor: "a")
                }
                #expect(refused?.code == .notApproved)
            }
            #expect(try await bench.workflow().cases().isEmpty)
            #expect(try await bench.records().isEmpty)
        }
    }
}
