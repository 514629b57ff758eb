import AccessModel
import Definitions
import Foundation
import Persistence
import StrictJSON
import TestSupport
import Testing
import WebServer

@testable import ControlPlane

@Suite("Duplicated, reordered and replayed events") struct IntakeOrderTests {
    private static let isLong = ProcessInfo.processInfo.environment["TENURE_LONG_TESTS"] != nil
    /// Deliveries; with `TENURE_LONG_TESTS` a hundred thousand.
    private static let deliveries = isLong ? 100_000 : 1_200
    private static let people = isLong ? 2_000 : 60

    private static var guards: Guards {
        var guards = Guards()
        guards.maximumLeaversPerHour = 1_000_000
        return guards
    }

    /// Every person's events in the order in which they happened; half of the deliveries say nothing new.
    private static func events(_ random: inout SeededGenerator) -> [JSONValue] {
        var events: [JSONValue] = []
        var time = Sample.now - .hours(24 * 30)
        for person in 0..<people {
            events.append(IntakeWorld.event("joined", "j-\(person)", "e-\(person)", effective: time))
        }
        for number in 0..<(deliveries / 2 - people) {
            time = time + .seconds(Int64(random.below(60)))
            let type = random.pick(["moved", "moved", "moved", "suspended", "returned", "left", "rehired"])
            var attributes = JSONObject()
            if type == "moved" { attributes[random.pick(["title", "department", "location"])] = .string("v\(number)") }
            events.append(
                IntakeWorld.event(
                    type, "e-\(number)", "e-\(random.below(people))", attributes, effective: time))
        }
        return events
    }

    /// Many at a time, as a server has them.
    private static func deliver(_ deliveries: [(JSONValue, String)], to world: IntakeWorld) async -> [Int: Int] {
        await withTaskGroup(of: Int.self) { group in
            var answers: [Int: Int] = [:]
            var rest = deliveries[...]
            func next() {
                guard let (event, id) = rest.popFirst() else { return }
                group.addTask { await world.post(event, IntakeWorld.Envelope(id: id)).status.code }
            }
            for _ in 0..<32 { next() }
            while let code = await group.next() {
                answers[code, default: 0] += 1
                next()
            }
            return answers
        }
    }

    @Test func theyEndInTheStateOfTheCleanOrder() async throws {
        var random = SeededGenerator(seed: 20_261_122)
        let events = Self.events(&random)
        var clean: [PersonState] = []
        try await IntakeWorld.with(guards: Self.guards) { world async throws in
            for chunk in stride(from: 0, to: events.count, by: 500) {
                let batch = JSONValue.array(Array(events[chunk..<min(chunk + 500, events.count)]))
                let response = await world.post(
                    batch, IntakeWorld.Envelope(type: "application/cloudevents-batch+json"))
                #expect(response.status == .accepted, "\(response.faults.prefix(3))")
            }
            clean = try await world.roster()
        }
        #expect(clean.count == Self.people)

        // Once each in any order, then as many again: the same webhook, or the same event under another one.
        var deliveries = events.indices.shuffled(using: &random).map { (events[$0], "wh-\($0)") }
        for _ in events {
            let index = random.below(events.count)
            let id = random.chance(50) ? "wh-\(index)" : "again-\(random.next())"
            deliveries.insert((events[index], id), at: random.below(deliveries.count))
        }
        let shuffled = deliveries
        try await IntakeWorld.with(guards: Self.guards) { world async throws in
            let warm = shuffled.count / 4
            var answers = await Self.deliver(Array(shuffled.prefix(warm)), to: world)
            let before = Self.residentMegabytes()
            answers.merge(await Self.deliver(Array(shuffled.dropFirst(warm)), to: world), uniquingKeysWith: +)
            let grown = Self.residentMegabytes() - before
            #expect(answers[202] == events.count, "\(answers)")
            #expect(answers[200] == shuffled.count - events.count, "\(answers)")
            #expect(try await world.roster() == clean)
            #expect(try await world.events().count == events.count)
            // Other tests run beside this one, but in a long run.
            if Self.isLong { #expect(grown < 64, "grew by \(grown) MB") }
        }
    }

    /// For the same person and attribute the later effective time wins, whatever the order of arrival.
    @Test func theLaterEffectiveTimeWins() async throws {
        let titles = (0..<5).map { number in
            IntakeWorld.event(
                "moved", "m-\(number)", "e-1",
                JSONObject([.init(name: "title", value: .string("t\(number)"))]),
                effective: Sample.now - .hours(Int64(10 - number)))
        }
        var random = SeededGenerator(seed: 4)
        for _ in 0..<8 {
            let order = titles.shuffled(using: &random)
            try await IntakeWorld.with { world async throws in
                for event in order { #expect(await world.post(event).status == .accepted) }
                #expect(
                    await world.post(
                        IntakeWorld.event("joined", "j", "e-1", effective: Sample.now - .hours(24))
                    ).status == .accepted)
                #expect(try await world.roster().map(\.person.title) == ["t4"])
                let before = try await world.roster(at: Sample.now - .hours(8))
                #expect(before.map(\.person.title) == ["t2"])
            }
        }
    }

    private static func residentMegabytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4_096 / 1_048_576
    }
}
