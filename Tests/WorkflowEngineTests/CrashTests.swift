import AccessModel
import ConnectorKit
import Synchronization
import TestSupport
import Testing

@testable import WorkflowEngine

@Suite("A process that dies")
struct CrashTests {
    /// Dies at its n-th durable boundary, and stays dead.
    final class Fate: Sendable {
        struct Died: Error {}

        private let rest: Mutex<Int>
        private let hasStruck = Mutex(false)

        init(after count: Int) { rest = Mutex(count) }

        var isDead: Bool { hasStruck.withLock { $0 } }

        func pass() throws {
            let strikes = rest.withLock { rest in
                rest -= 1
                return rest < 0
            }
            guard strikes else { return }
            hasStruck.withLock { $0 = true }
            throw Died()
        }
    }

    struct Story {
        let id: String
        let kind: Case.Kind
        let person: String
        let changes: [Change]
    }

    static func stories() throws -> [Story] {
        let moved = try Make.membership(.add, "e-0002", "g1")
        return [
            Story(id: "joiner", kind: .joiner, person: "e-0001", changes: try Make.joiner()),
            Story(
                id: "mover", kind: .mover, person: "e-0002",
                changes: [moved, try Make.membership(.remove, "e-0002", "old", after: [moved.id])]),
            Story(
                id: "leaver", kind: .leaver, person: "e-0003",
                changes: [
                    try Make.account(.update, "e-0003", .disabled), try Make.membership(.remove, "e-0003", "g1"),
                    try Make.membership(.remove, "e-0003", "g2"),
                ]),
        ]
    }

    /// A world in which replies get lost and a call fails, and what was there before the stories.
    static func prepare(_ bench: Bench) async throws {
        for change in try stories().flatMap(\.changes) {
            if let before = change.before { try await bench.corp.put(before) }
        }
        try await bench.corp.inject(.loseReply, times: 1) { $0.fact.key == "membership g1 e-0001" }
        try await bench.corp.inject(.loseReply, times: 1) { $0.fact.key == "membership g2 e-0003" }
        try await bench.corp.inject(.fail(.targetFailure), times: 1) { $0.fact.key == "group g2" }
    }

    static func tell(_ bench: Bench, _ workflow: Workflow) async throws {
        for story in try stories() where try await bench.workflow().show(story.id) == nil {
            try await bench.open(story.id, story.kind, story.person, story.changes, with: workflow)
        }
        let summary = try await workflow.runUntilQuiescent(budget: .hours(24))
        #expect(summary.isFinished, "\(summary)")
    }

    static func check(_ bench: Bench, _ place: String) async throws {
        let ends: [(String, Case.State)] = [("joiner", .active), ("mover", .active), ("leaver", .revoked)]
        for (id, end) in ends { #expect(try await bench.state(id) == end, "\(id), \(place)") }
        for change in try stories().flatMap(\.changes) {
            let holds = try await bench.corp.holds(change.fact)
            #expect(holds == (change.operation != .remove), "\(change.id), \(place)")
        }
        let effects = Dictionary(grouping: try await bench.corp.calls.filter(\.hadEffect), by: \.changeID)
        for (change, calls) in effects { #expect(calls.count == 1, "\(change) took effect twice, \(place)") }
        try await checkRecords(bench, place)
    }

    /// Every call was announced, every change was read back once, every transition is on record.
    static func checkRecords(_ bench: Bench, _ place: String) async throws {
        let records = try await bench.records()
        let attempts = Set(
            records.filter { $0.type == "change.attempt" }.map {
                "\($0.body["idempotency_key"]?.string ?? "") \($0.body["fence"]?.integer ?? 0)"
            })
        for call in try await bench.corp.calls {
            let key = "\(call.context.idempotencyKey) \(call.context.fencingToken)"
            #expect(attempts.contains(key), "\(call.changeID) was not announced, \(place)")
        }
        for story in try stories() {
            let own = records.filter { $0.caseID == story.id }
            let seen = own.filter { $0.type == "change.verified" && $0.body["holds"]?.bool == true }
            #expect(Set(seen.map { $0.body["step"]?.integer }).count == story.changes.count, "\(story.id), \(place)")
            #expect(seen.count == story.changes.count, "\(story.id), \(place)")
            let states = own.filter { $0.type == "case.state" }.map { $0.body["state"]?.string }
            let timeline = try #require(try await bench.workflow().show(story.id)).timeline
            #expect(states == timeline.map(\.state.rawValue), "\(story.id), \(place)")
        }
    }

    @Test("at any durable boundary comes to the same end in another one")
    func everyBoundary() async throws {
        // Three openings, and two dozen boundaries for the rest at the very least.
        let deaths = try await die(at: stride(from: 0, to: 500, by: 1), concurrency: 1)
        #expect(deaths > 50 && deaths < 500, "\(deaths)")
    }

    @Test("while several calls are under way comes to the same end in another one")
    func concurrently() async throws {
        let deaths = try await die(at: stride(from: 1, to: 500, by: 5), concurrency: 4)
        #expect(deaths > 10 && deaths < 100, "\(deaths)")
    }

    /// Until one outlives its story; how many died.
    private func die(at boundaries: some Sequence<Int>, concurrency: Int) async throws -> Int {
        var deaths = 0
        for count in boundaries {
            var survived = false
            try await Bench.with { bench in
                try await Self.prepare(bench)
                let fate = Fate(after: count)
                let doomed = bench.workflow {
                    $0.owner = "doomed"
                    $0.concurrency = concurrency
                    $0.crashPoint = { _ in try fate.pass() }
                }
                do {
                    try await Self.tell(bench, doomed)
                } catch is Fate.Died {
                    deaths += 1
                }
                survived = !fate.isDead
                try await Self.tell(
                    bench,
                    bench.workflow {
                        $0.owner = "heir"
                        $0.concurrency = concurrency
                    })
                try await Self.check(bench, "died at boundary \(count)")
            }
            if survived { break }
        }
        return deaths
    }

    @Test("twice and more, at random, comes to the same end")
    func repeatedDeaths() async throws {
        var random = SystemRandomNumberGenerator()
        try await Bench.with { bench in
            try await Self.prepare(bench)
            for life in 0..<12 {
                let fate = Fate(after: Int.random(in: 3..<30, using: &random))
                do {
                    try await Self.tell(
                        bench,
                        bench.workflow {
                            $0.owner = "life-\(life)"
                            $0.crashPoint = { _ in try fate.pass() }
                        })
                } catch is Fate.Died {}
            }
            try await Self.tell(bench, bench.workflow { $0.owner = "last" })
            try await Self.check(bench, "after many deaths")
        }
    }

    @Test("a record that cannot be written: nothing happens")
    func recordFails() async throws {
        struct Full: Error {}
        try await Bench.with { bench in
            await #expect(throws: Full.self) {
                try await bench.open(
                    "c1", .joiner, "e-0001", try Make.joiner(),
                    with: bench.workflow { $0.append = { _, _ in throw Full() } })
            }
            #expect(try await bench.workflow().show("c1") == nil)
            try await bench.open("c1", .joiner, "e-0001", try Make.joiner())
            await #expect(throws: Full.self) {
                try await bench.workflow { $0.append = { _, _ in throw Full() } }.runUntilQuiescent(budget: .zero)
            }
            #expect(try await bench.corp.calls.isEmpty)
            #expect(try await bench.steps("c1").allSatisfy { $0.state == .pending && $0.attempts == 0 })
        }
    }

    @Test("what follows verification stands or falls with it")
    func observerFails() async throws {
        struct Full: Error {}
        try await Bench.with { bench in
            try await bench.open("c1", .definitions, nil, [try Make.group(.add, "g1")])
            await #expect(throws: Full.self) {
                try await bench.workflow { $0.onVerified = { _, _ in throw Full() } }.runUntilQuiescent(budget: .zero)
            }
            #expect(try await bench.state("c1") == .approved)
            let seen = Log()
            let workflow = bench.workflow { options in
                options.onVerified = { changes, _ in for change in changes { seen.add(change.change.id) } }
            }
            _ = try await workflow.resume(budget: .hours(1))
            #expect(seen.texts == ["corp add group g1"])
            #expect(try await bench.corp.calls.count == 1)
        }
    }
}
