import AccessModel
import ConnectorKit
import TestSupport
import Testing

@testable import WorkflowEngine

@Suite("A newer decision")
struct OvertakingTests {
    @Test("on the same fact ends the older one")
    func sameFact() async throws {
        try await Bench.with { bench in
            let workflow = bench.workflow()
            try await bench.open("c1", .joiner, "e-0001", [try Make.membership(.add, "e-0001", "g1")])
            let removal = try Make.membership(.remove, "e-0001", "g1")
            let opened = try await bench.open("c2", .mover, "e-0001", [removal])
            #expect(opened.superseded == [StepReference(caseID: "c1", sequence: 1)])
            #expect(try await bench.state("c1") == .cancelled)
            _ = try await workflow.runUntilQuiescent(budget: .hours(1))
            #expect(try await bench.corp.calls.map(\.operation) == [.remove])
            #expect(try await bench.state("c2") == .active)
            #expect(try await bench.records("change.cancelled").map(\.caseID) == ["c1"])
        }
    }

    @Test("that says the same leaves the older one alone")
    func sameDecision() async throws {
        try await Bench.with { bench in
            try await bench.open("c1", .joiner, "e-0001", [try Make.membership(.add, "e-0001", "g1")])
            try await bench.open("c2", .definitions, nil, [try Make.membership(.add, "e-0001", "g1")])
            #expect(try await bench.workflow().runUntilQuiescent(budget: .hours(1)).isFinished)
            for id in ["c1", "c2"] { #expect(try await bench.state(id) == .active) }
            #expect(try await bench.corp.calls.count(where: \.hadEffect) == 1)
        }
    }

    @Test("that somebody left ends every grant that is still on its way, whoever asked for it")
    func leaver() async throws {
        try await Bench.with { bench in
            try await bench.open(
                "c1", .definitions, nil,
                [
                    try Make.membership(.add, "e-0001", "g1"), try Make.membership(.add, "e-00011", "g1"),
                    try Make.membership(.add, "E-0001", "g1"),
                ])
            let account = try Make.account(.update, "e-0001", .disabled)
            if let before = account.before { try await bench.corp.put(before) }
            try await bench.open("c2", .leaver, "e-0001", [account])
            #expect(try await bench.workflow().runUntilQuiescent(budget: .hours(1)).isFinished)
            #expect(
                try await bench.corp.held.map(\.key) == [
                    "account e-0001", "membership g1 E-0001", "membership g1 e-00011",
                ])
            #expect(try await bench.state("c1") == .active)
            #expect(try await bench.state("c2") == .revoked)
        }
    }

    @Test(
        "takes back what arrives while somebody leaves",
        arguments: [DurableBoundary.beforeApply, .afterApply, .beforeReadBack])
    func inFlight(boundary: DurableBoundary) async throws {
        try await Bench.with { bench in
            try await bench.open("c1", .joiner, "e-0001", [try Make.membership(.add, "e-0001", "g1")])
            let once = Log()
            let workflow = bench.workflow { options in
                options.crashPoint = { reached in
                    guard reached == boundary, once.texts.isEmpty else { return }
                    once.add("left")
                    try await bench.open("c2", .leaver, "e-0001", [try Make.account(.remove, "e-0001")])
                }
            }
            let summary = try await workflow.runUntilQuiescent(budget: .hours(1))
            #expect(summary.isFinished)
            #expect(try await bench.corp.held.isEmpty)
            #expect(try await bench.state("c1") == .cancelled)
            #expect(try await bench.state("c2") == .revoked)
            #expect(try await bench.steps("c2").count == 2)
        }
    }

    @Test("waits for a call on the same fact that is under way, so that the call cannot land after it")
    func sameFactInFlight() async throws {
        try await Bench.with { bench in
            try await bench.open("c1", .joiner, "e-0001", [try Make.membership(.add, "e-0001", "g1")])
            let corp = try bench.corp
            let trouble = Log()
            await corp.onApply { change in
                guard change.operation == .add else { return }
                do {
                    try await bench.open("c2", .leaver, "e-0001", [try Make.account(.remove, "e-0001")])
                    _ = try await bench.workflow { $0.owner = "other" }.runUntilQuiescent(budget: .zero)
                } catch {
                    trouble.add("\(error)")
                }
            }
            #expect(try await bench.workflow().runUntilQuiescent(budget: .hours(1)).isFinished)
            #expect(trouble.texts.isEmpty)
            #expect(await corp.held.isEmpty)
            #expect(
                await corp.calls.map(\.changeID) == [
                    "corp remove account e-0001", "corp add membership g1 e-0001", "corp remove membership g1 e-0001",
                ])
        }
    }

    @Test("keeps a cancelled case from giving anything back to somebody who left since")
    func noRegrant() async throws {
        try await Bench.with { bench in
            let removal = try Make.membership(.remove, "e-0001", "g1")
            try await bench.corp.put(removal.fact)
            try await bench.corp.inject(.fail(.invalid)) { $0.operation == .add }
            try await bench.open("c1", .mover, "e-0001", [removal, try Make.group(.add, "g9")])
            let workflow = bench.workflow()
            _ = try await workflow.runUntilQuiescent(budget: .hours(1))
            try await bench.open("c2", .leaver, "e-0001", [try Make.account(.remove, "e-0001")])
            _ = try await workflow.runUntilQuiescent(budget: .hours(1))
            try await bench.corp.heal()
            try await workflow.cancel("c1", compensating: true, reason: "wrong", actor: "local:ana")
            _ = try await workflow.runUntilQuiescent(budget: .hours(1))
            #expect(try await bench.corp.held.isEmpty)
        }
    }
}
