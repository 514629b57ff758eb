import AccessModel
import Persistence
import TestSupport
import Testing

@testable import WorkflowEngine

@Suite("What is begun as it is opened") struct BegunWorkTests {
    private func removals(_ people: ClosedRange<Int>, _ bench: Bench) async throws -> [Change] {
        let changes = try people.map { try Make.membership(.remove, "e-\($0)", "g1") }
        for change in changes { try await bench.corp.put(change.fact) }
        return changes
    }

    private func open(
        _ id: String, _ changes: [Change], _ room: WorkRoom, _ bench: Bench, _ workflow: Workflow
    ) async throws -> OpenedWork {
        let opening = CaseOpening(
            id: id, kind: .access, identity: nil, causedAt: bench.clock.now(), changes: changes, source: [:])
        let request = OpeningRequest([opening], approved: changes, planHash: "hash", actor: "tenure")
        let now = bench.clock.now()
        return try await bench.database.write { session in
            try workflow.open(request, at: now, in: session, room: room)
        }
    }

    @Test("is sent without being looked for, before anything is written down", .timeLimit(.minutes(10)))
    func sentAtOnce() async throws {
        try await Bench.with { bench in
            let portions = [try await removals(1...10, bench), try await removals(11...20, bench)]
            let log = Log()
            let workflow = bench.workflow { options in
                options.crashPoint = { boundary in
                    if boundary == .afterApply { log.add("told") }
                    if boundary == .beforeResults { log.add("written") }
                }
            }
            let summary = try await workflow.runUntilQuiescent(budget: .hours(1)) { room in
                let next = log.texts.count { $0 == "opened" }
                while log.texts.count(where: { $0 == "told" }) < next * 10 { await Task.yield() }
                guard next < portions.count else { return OpenedPortion(isMoreToCome: false, begun: .none) }
                let opened = try await open("c\(next)", portions[next], room, bench, workflow)
                #expect(!opened.begun.leftSome && opened.begun.steps.values.joined().count == 10)
                log.add("opened")
                return OpenedPortion(isMoreToCome: true, begun: opened.begun)
            }
            #expect(summary.verified == 20 && summary.sent == 20 && summary.isFinished)
            #expect(log.texts.prefix { $0 != "written" }.count { $0 == "told" } == 20)
            for number in 0..<2 {
                #expect(try await bench.steps("c\(number)").allSatisfy { $0.state == .verified && $0.attempts == 1 })
            }
            // Each attempt is on record as if it had been claimed.
            #expect(try await bench.records("change.attempt").count == 20)
            #expect(try await bench.corp.calls.count == 20)
        }
    }

    @Test("is no more than there is room for; the rest is looked for")
    func room() async throws {
        try await Bench.with { bench in
            let workflow = bench.workflow()
            let opened = try await open(
                "c1", try await removals(1...10, bench), WorkRoom(limits: [try slug("corp"): 3]), bench, workflow)
            #expect(opened.begun.leftSome && opened.begun.steps.values.joined().count == 3)
            let states = try await bench.steps("c1").map(\.state)
            #expect(states.count { $0 == .running } == 3 && states.count { $0 == .pending } == 7)
        }
    }

    @Test("is neither a grant, nor what comes after another step, nor where an older step is at work")
    func notBegun() async throws {
        try await Bench.with { bench in
            let room = WorkRoom(limits: [try slug("corp"): 100])
            let workflow = bench.workflow()
            let grant = try Make.membership(.add, "e-1", "g2")
            #expect(try await open("c1", [grant], room, bench, workflow).begun.steps.isEmpty)
            // The same fact is on its way elsewhere.
            let removal = try Make.membership(.remove, "e-1", "g2")
            #expect(try await open("c2", [removal], room, bench, workflow).begun.steps.isEmpty)
            // A group goes after its last member.
            let member = try Make.membership(.remove, "e-2", "g3")
            let group = try Make.group(.remove, "g3")
            let begun = try await open("c3", [group, member], room, bench, workflow).begun
            #expect(begun.steps.values.joined().map(\.change.id) == [member.id])
        }
    }

    @Test("is taken over, and read back first, where whoever began it dies")
    func takenOver() async throws {
        try await Bench.with { bench in
            let changes = try await removals(1...3, bench)
            let dead = bench.workflow { $0.owner = "dead" }
            let room = WorkRoom(limits: [try slug("corp"): 100])
            let begun = try await open("c1", changes, room, bench, dead).begun
            #expect(begun.steps.values.joined().count == 3)
            // One of them had reached the target.
            try await bench.corp.remove(changes[0].fact)
            let next = bench.workflow { $0.owner = "next" }
            #expect(try await next.runUntilQuiescent(budget: .zero).verified == 0)
            bench.clock.advance(by: .minutes(3))
            let summary = try await next.runUntilQuiescent(budget: .hours(1))
            #expect(summary.verified == 3 && summary.sent == 2)
        }
    }
}
