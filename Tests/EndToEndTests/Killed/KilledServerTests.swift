import Foundation
import StrictJSON
import TestSupport
import Testing

/// `tenure serve`, killed at random moments under load: what it acknowledged is there, once, and in the end everything is as if
/// every event had come once, in order, and nobody had died.
///
/// With `TENURE_LONG_TESTS=1` it is a hundred kills under a hundred thousand deliveries; `TENURE_KILLS` and
/// `TENURE_KILL_EVENTS` say otherwise.
@Suite(.serialized) struct KilledServerTests {
    private static func number(_ name: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
    }

    private static let isLong = ProcessInfo.processInfo.environment["TENURE_LONG_TESTS"] != nil
    private static let kills = number("TENURE_KILLS", isLong ? 100 : 8)
    private static let events = number("TENURE_KILL_EVENTS", isLong ? 100_000 : 1_600)
    private static let people = max(20, events / 50)

    private func place() async throws -> Rehearsal {
        let rehearsal = try Rehearsal()
        try rehearsal.edit("mountainlab/platform.yaml") {
            $0.replacing("max_leavers_per_hour: 10", with: "max_leavers_per_hour: 1000000")
                .replacing("max_removals_people: 10", with: "max_removals_people: 1000000")
                .replacing("max_removals_percent: 5", with: "max_removals_percent: 100")
        }
        try await rehearsal.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try await rehearsal.expect(0, "apply", "mountainlab", "--yes")
        return rehearsal
    }

    @Test func whatWasAcknowledgedOutlivesEveryKill() async throws {
        var random = SeededGenerator(seed: 20_261_123)
        let clock = RunningClock()
        let load = EventLoad(events: Self.events, people: Self.people, before: clock.seconds - 3_600, &random)
        let killed = try await place()
        let tokens = try await tokens(killed)
        let server = try await KilledServer(killed, clock)
        let deliveries = Deliveries(load)
        let seed = random.next()
        let writers = tokens.enumerated().map {
            SCIMWriter(name: "s\($0.offset)", token: $0.element, port: server.port)
        }
        let users = try await withThrowingTaskGroup(of: [SCIMWriter.User].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await deliveries.send(to: server.port, HRSender { clock.seconds })
                    return []
                }
            }
            group.addTask {
                try await Self.kill(server, deliveries, of: load.deliveries.count, seed)
                return []
            }
            for writer in writers { group.addTask { try await writer.write(upTo: 5_000) { deliveries.isOver } } }
            var users: [SCIMWriter.User] = []
            for try await some in group { users += some }
            return users
        }
        #expect(deliveries.refused.isEmpty, "\(deliveries.refused.prefix(3))")
        #expect(deliveries.acknowledgedEvents.count == load.events.count)
        #expect(server.kills >= Self.kills)
        for (number, writer) in writers.enumerated() {
            let own = users.filter { $0.name.hasPrefix("s\(number)-") }
            #expect(!own.isEmpty)
            #expect(try await writer.faults(own).isEmpty)
        }
        #expect(try await server.stop().status == 0)
        try await expectEverything(load, killed, clock)
        let clean = try await cleanOrder(load, clock)
        #expect(try await people(killed, clock) == people(clean, clock))
        let (given, due) = (try await access(killed, clock), try await access(clean, clock))
        #expect(given == due, "too much: \(Set(given).subtracting(due)); too little: \(Set(due).subtracting(given))")
        print(
            "\(server.kills) kills, \(load.deliveries.count) deliveries of \(load.events.count) events, \(users.count) SCIM users"
        )
    }

    private func tokens(_ rehearsal: Rehearsal) async throws -> [String] {
        var tokens: [String] = []
        for name in ["okta", "entra"] {
            let added = try await rehearsal.json("scim", "client", "add", name)
            tokens.append(try #require(added["token"]?.string))
        }
        return tokens
    }

    /// Each time that another part was acknowledged, at a moment of chance; now and then also while it starts.
    private static func kill(
        _ server: KilledServer, _ deliveries: Deliveries, of total: Int, _ seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        while server.kills < kills {
            let due = total * server.kills / (kills + 1) + random.below(max(1, total / (kills + 1)))
            while deliveries.acknowledged < due, !deliveries.isOver { try await Task.sleep(for: .milliseconds(5)) }
            try await Task.sleep(for: .milliseconds(random.below(150)))
            try await server.kill(early: random.chance(20) ? .milliseconds(random.below(600)) : nil)
        }
    }

    /// Every event is on record, once, in a log that verifies.
    private func expectEverything(_ load: EventLoad, _ rehearsal: Rehearsal, _ clock: RunningClock) async throws {
        var now = rehearsal
        now.clock = clock.text
        var heard: [String: Int] = [:]
        let records = try await now.expectGenuineLog()
        for record in records where record.type == "people.event" && record.body["source"]?.string == "hr/load" {
            heard[record.body["id"]?.string ?? "", default: 0] += 1
        }
        let ids = try load.events.map { try JSONParser.parse($0)["id"]?.string ?? "" }
        #expect(Set(heard.keys) == Set(ids))
        #expect(heard.values.allSatisfy { $0 == 1 })
    }

    /// Another installation, whose server nobody kills and to which every event comes once, in order.
    private func cleanOrder(_ load: EventLoad, _ clock: RunningClock) async throws -> Rehearsal {
        let rehearsal = try await place()
        let server = try await KilledServer(rehearsal, clock)
        let connection = HTTPConnection(port: server.port, timeout: 300)
        let sender = HRSender { clock.seconds }
        for start in stride(from: 0, to: load.events.count, by: 500) {
            let batch = load.events[start..<min(start + 500, load.events.count)]
            let answer = try await sender.send(
                "[" + batch.joined(separator: ",") + "]", id: "clean-\(start)", isBatch: true, on: connection)
            #expect(answer.status == 202, "\(answer.body.prefix(500))")
        }
        #expect(try await server.stop().status == 0)
        return rehearsal
    }

    /// The people of the load, as HR has them.
    private func people(_ rehearsal: Rehearsal, _ clock: RunningClock) async throws -> [String] {
        var now = rehearsal
        now.clock = clock.text
        let all = try await now.json("people", "show").array ?? []
        return all.filter { $0["id"]?.string?.hasPrefix("n-") ?? false }.map(\.compactText).sorted()
    }

    /// What they have in the end; a disabled account is none. An account that was made before HR named a title has none: a
    /// target that shows no title may have no place for one.
    private func access(_ rehearsal: Rehearsal, _ clock: RunningClock) async throws -> [String] {
        var now = rehearsal
        now.clock = clock.text
        try await now.expect(0, "reconcile", "--wait", "5m")
        try await now.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        return try await now.world(["corp"]).filter { $0.contains("\"n-") && !$0.contains("\"disabled\"") }.map {
            line in
            let fact = try JSONParser.parse(String(line.dropFirst("corp ".count)))
            return ["kind", "group", "identity", "account"].compactMap { fact[$0]?.string }.joined(separator: " ")
        }
    }
}
