import AccessModel
import ConnectorKit
import TestSupport
import Testing

@testable import WorkflowEngine

/// A removal that comes after a change which an older case is carrying out.
@Suite("A change that comes after one of an older case")
struct OlderCaseTests {
    private let new: Change
    private let old: Change

    init() throws {
        new = try Make.membership(.add, "e-0001", "new")
        old = try Make.membership(.remove, "e-0001", "old", after: [new.id])
    }

    /// The older case is to give what the newer one waits for; `done` is what reaches the target.
    private func with(_ older: [Change]? = nil, _ body: (Bench, Log) async throws -> Void) async throws {
        try await Bench.with { bench in
            try await bench.corp.put(old.fact)
            let done = Log()
            try await bench.corp.onApply { done.add("\($0.operation.rawValue) \($0.fact.key)") }
            try await bench.open("c1", .definitions, "e-0001", older ?? [new])
            try await body(bench, done)
        }
    }

    private func state(of caseID: String, _ bench: Bench) async throws -> StepState? {
        try await bench.steps(caseID).first?.state
    }

    @Test("waits for it, and says so") func waits() async throws {
        try await with { bench, done in
            try await bench.open("c2", .mover, "e-0001", [old])
            let step = try #require(try await bench.steps("c2").first)
            #expect(step.state == .waiting && step.waitsFor == "steps c1/1 to be tried first")
            #expect(try await bench.workflow().runUntilQuiescent(budget: .hours(1)).isFinished)
            #expect(done.texts == ["add membership new e-0001", "remove membership old e-0001"])
            for id in ["c1", "c2"] { #expect(try await bench.state(id) == .active) }
            let rest = try await bench.database.read { try $0.query("SELECT count(*) FROM step_waits") }
            #expect(try rest.first?.integer(0) == 0)
        }
    }

    @Test("goes on once that was tried in vain") func failure() async throws {
        try await with { bench, done in
            try await bench.corp.inject(.fail(.targetFailure)) { $0.operation == .add }
            try await bench.open("c2", .mover, "e-0001", [old])
            _ = try await bench.workflow().runUntilQuiescent(budget: .zero)
            #expect(done.texts == ["add membership new e-0001", "remove membership old e-0001"])
            #expect(try await bench.state("c2") == .active)
            #expect(try await state(of: "c1", bench) == .pending)
        }
    }

    @Test("goes on where that stands behind a change that fails") func behindFailure() async throws {
        try await with([try Make.account(.update, "e-0001"), new]) { bench, done in
            try await bench.corp.inject(.fail(.targetFailure)) { $0.fact.kind == .account }
            try await bench.open("c2", .mover, "e-0001", [old])
            #expect(try await state(of: "c2", bench) == .waiting)
            _ = try await bench.workflow().runUntilQuiescent(budget: .zero)
            #expect(done.texts == ["update account e-0001", "remove membership old e-0001"])
            #expect(try await bench.state("c2") == .active)
        }
    }

    @Test("does not wait for what was given up, or put off") func parked() async throws {
        try await with { bench, _ in
            try await bench.corp.inject(.fail(.invalid)) { $0.operation == .add }
            _ = try await bench.workflow().runUntilQuiescent(budget: .hours(1))
            #expect(try await state(of: "c1", bench) == .stalled)
            try await bench.open("c2", .mover, "e-0001", [old])
            #expect(try await state(of: "c2", bench) == .pending)
        }
        try await with { bench, _ in
            let later = bench.clock.now() + .minutes(5)
            try await bench.database.write { session in
                _ = try session.execute("UPDATE steps SET next_attempt_at = $1", [.instant(later)])
            }
            try await bench.open("c2", .mover, "e-0001", [old])
            #expect(try await state(of: "c2", bench) == .pending)
        }
    }

    @Test("goes on when a person, or a newer decision, ends that") func ended() async throws {
        try await with { bench, _ in
            try await bench.open("c2", .mover, "e-0001", [old])
            try await bench.workflow().cancel("c1", compensating: false, reason: "wrong", actor: "local:ana")
            #expect(try await state(of: "c2", bench) == .pending)
        }
        try await with { bench, _ in
            try await bench.open("c2", .mover, "e-0001", [old])
            try await bench.open("c3", .definitions, "e-0001", [try Make.membership(.remove, "e-0001", "new")])
            #expect(try await state(of: "c1", bench) == .cancelled)
            #expect(try await state(of: "c2", bench) == .pending)
        }
    }

    @Test("is not kept from a leaver, whose grants end") func leaver() async throws {
        try await with { bench, done in
            try await bench.open("c2", .leaver, "e-0001", [old])
            #expect(try await state(of: "c2", bench) == .pending)
            #expect(try await bench.workflow().runUntilQuiescent(budget: .hours(1)).isFinished)
            #expect(done.texts == ["remove membership old e-0001"])
        }
    }
}
