import AccessModel
import TestSupport
import Testing

@testable import WorkflowEngine

@Suite("Timers and queries")
struct TimerTests {
    private func schedule(_ bench: Bench, _ id: String, after span: Span) async throws {
        let timer = WorkflowTimer(id: id, fireAt: bench.clock.now() + span, kind: "event", payload: ["id": "x"])
        try await bench.database.write { try bench.workflow().schedule(timer, in: $0) }
    }

    @Test("fire on time, in order, exactly once")
    func fire() async throws {
        try await Bench.with { bench in
            let workflow = bench.workflow()
            try await schedule(bench, "b", after: .minutes(2))
            try await schedule(bench, "a", after: .minutes(1))
            try await schedule(bench, "c", after: .hours(1))
            try await schedule(bench, "c", after: .hours(2))
            #expect(try await workflow.nextTimer() == bench.clock.now() + .minutes(1))
            #expect(try await workflow.fireTimers(at: bench.clock.now()) { _, _ in }.fired.isEmpty)
            bench.clock.advance(by: .hours(1))
            let now = bench.clock.now()
            async let one = workflow.fireTimers(at: now) { _, _ in }
            async let two = bench.workflow().fireTimers(at: now) { _, _ in }
            let fired = try await one.fired + two.fired
            #expect(fired.map(\.id).sorted() == ["a", "b"])
            #expect(try await workflow.dueTimers(at: now + .hours(9)).map(\.id) == ["c"])
            #expect(try await bench.database.write { try workflow.unschedule("c", in: $0) })
            #expect(try await workflow.nextTimer() == nil)
        }
    }

    @Test("a handler that throws leaves its timer due, and does not stop the next")
    func failing() async throws {
        struct Refused: Error {}
        try await Bench.with { bench in
            try await schedule(bench, "a", after: .zero)
            try await schedule(bench, "b", after: .zero)
            let result = try await bench.workflow().fireTimers(at: bench.clock.now()) { timer, session in
                try session.execute("INSERT INTO settings (name, value) VALUES ($1, 'x')", [.text(timer.id)])
                if timer.id == "a" { throw Refused() }
            }
            #expect(result.fired.map(\.id) == ["b"] && result.failed.map(\.timer.id) == ["a"])
            let kept = try await bench.database.read {
                try $0.query("SELECT name FROM settings").map { try $0.text(0) }
            }
            #expect(kept == ["b"])
            #expect(try await bench.workflow().dueTimers(at: bench.clock.now()).map(\.id) == ["a"])
        }
    }

    @Test("a case shows where it is, as scripts rely on it")
    func show() async throws {
        try await Bench.with { bench in
            try await bench.open("c1", .joiner, "e-0001", [try Make.group(.add, "g1")])
            _ = try await bench.workflow().runUntilQuiescent(budget: .zero)
            let json = try #require(try await bench.workflow().show("c1")).json
            #expect(json["id"] == "c1" && json["kind"] == "joiner" && json["identity"] == "e-0001")
            #expect(json["state"] == "active")
            #expect(json["timeline"]?.array?.first?["state"] == "requested")
            #expect(json["timeline"]?.array?.first?["at"]?.string == bench.clock.now().description)
            let change = try #require(json["changes"]?.array?.first)
            #expect(change["target"] == "corp" && change["op"] == "add" && change["state"] == "verified")
            #expect(change["attempts"] == 1)
            #expect(change["verified_at"]?.string == bench.clock.now().description)
            #expect(try await bench.workflow().show("c2") == nil)
        }
    }

    @Test("cases are listed by what is asked for, and archived when they are old")
    func list() async throws {
        try await Bench.with { bench in
            try await bench.open("c1", .joiner, "e-0001", [try Make.group(.add, "g1")])
            _ = try await bench.workflow().runUntilQuiescent(budget: .zero)
            bench.clock.advance(by: .days(1))
            try await bench.open("c2", .mover, "e-0002", [try Make.group(.add, "g2")])
            func ids(_ change: (inout CaseFilter) -> Void = { _ in }) async throws -> [String] {
                var filter = CaseFilter()
                change(&filter)
                return try await bench.workflow().cases(filter).map(\.id)
            }
            #expect(try await ids() == ["c2", "c1"])
            #expect(try await ids { $0.isOpen = true } == ["c2"])
            #expect(try await ids { $0.states = [.active] } == ["c1"])
            #expect(try await ids { $0.kind = .mover } == ["c2"])
            #expect(try await ids { $0.identity = IdentityID("e-0001") } == ["c1"])
            #expect(try await ids { $0.isStalled = true }.isEmpty)
            #expect(try await ids { $0.limit = 1 } == ["c2"])
            guard let person = IdentityID("e-0001") else { return }
            #expect(try await bench.workflow().retire(person, to: .revoked, actor: "tenure") == 1)
            #expect(try await bench.state("c1") == .revoked)
            #expect(try await bench.workflow().retire(person, to: .archived, actor: "tenure") == 1)
            #expect(try await bench.workflow().retire(person, to: .archived, actor: "tenure") == 0)
            #expect(try await bench.state("c1") == .archived)
        }
    }
}
