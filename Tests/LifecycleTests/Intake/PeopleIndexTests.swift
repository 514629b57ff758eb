import AccessModel
import AuditTrail
import Definitions
import Foundation
import Persistence
import StrictJSON
import TestSupport
import Testing

@testable import Lifecycle

/// What reading everybody would say of an event, beside what was said.
@Suite("An event costs what it touches, and means the same") struct PeopleIndexTests {
    private static let runs = ProcessInfo.processInfo.environment["TENURE_LONG_TESTS"] == nil ? 6 : 60

    /// Events, snapshots, holds let through and the passing of time, at random.
    @Test(arguments: 0..<runs) func itSaysWhatReadingEverybodySays(_ seed: Int) async throws {
        try await withTemporaryDatabase { database in
            var history = RandomHistory(seed: UInt64(seed) &+ 77, database: database)
            for _ in 0..<80 { try await history.step() }
            #expect(history.outcomes["accepted", default: 0] > 10)
            #expect(history.outcomes["held", default: 0] + history.outcomes["refused", default: 0] > 0)
        }
    }

    @Test func whatWasThereBeforeTheTablesWereIsLookedUpToo() async throws {
        try await withTemporaryDatabase { database in
            var history = RandomHistory(seed: 5, database: database)
            for _ in 0..<20 { try await history.step() }
            // As the migration leaves a database that was written without them.
            try await database.write { session in
                for table in ["people_addresses", "people_presence", "people_unindexed"] {
                    try session.execute("DELETE FROM \(table)")
                }
                try session.execute(
                    """
                    INSERT INTO people_unindexed (person) SELECT person FROM people_rows
                    UNION SELECT person FROM people_events
                    """)
            }
            for _ in 0..<40 { try await history.step() }
        }
    }

    /// A hold that was decided is not opened again by the same event, and other content under its id is refused.
    @Test func anEventThatIsHeldIsHeldOnce() async throws {
        try await withTemporaryDatabase { database in
            var history = RandomHistory(seed: 1, database: database)
            for number in 0..<20 {
                try await history.hear("joined", number, ["email": .string("p\(number)@mountainlab.io")])
            }
            for number in 0..<3 { try await history.hear("left", number) }
            let desk = history.desk
            let event = history.event("left", "late", 9, JSONObject())
            let first = try await desk.accept(event)
            #expect(first.outcome == .held)
            #expect(try await desk.accept(event).hold == first.hold)
            let other = history.event("left", "late", 10, JSONObject())
            await #expect(throws: LifecycleError.self) { _ = try await desk.accept(other) }
            // An hour later the guard would let it go, but somebody has been asked.
            history.now = history.now + .hours(2)
            #expect(try await history.desk.accept(event).outcome == .held)
            let holds = try await database.read { try HoldStore($0).holds() }
            #expect(holds.count == 1 && holds.first?.id == first.hold)
        }
    }
}

/// A history that grows at random, compared at every step with what a reading of everybody says.
private struct RandomHistory {
    let database: any Database
    var random: SeededGenerator
    var now = Sample.now
    var outcomes: [String: Int] = [:]
    private var number = 0
    private let definitions: DefinitionSet
    private let ids = Numbers()

    init(seed: UInt64, database: any Database) {
        self.database = database
        random = SeededGenerator(seed: seed)
        var builder = OrganizationBuilder()
        builder.organization.platform.guards.maximumLeaversPerHour = 2
        builder.organization.platform.guards.maximumRemovalsPercent = 20
        builder.organization.platform.maximumStay = [.contractor: 30]
        definitions = DefinitionSet(organization: builder.organization, files: [])
    }

    var context: LifecycleContext {
        LifecycleContext(database: database, actor: "hr:test", now: now) { [ids] in "id\(ids.next())" }
    }

    var desk: PeopleDesk {
        PeopleDesk(context: context, definitions: definitions, tenants: []) { bytes in
            var hash: UInt64 = 14_695_981_039_346_656_037
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
            return "\(hash)"
        }
    }

    mutating func step() async throws {
        now = now + .minutes(Int64(random.below(random.chance(10) ? 3_000 : 10)))
        switch random.below(20) {
        case 0: try await snapshot()
        case 1: try await release()
        default: try await someEvent()
        }
        try await compareCounts()
    }

    // MARK: Events

    private mutating func someEvent() async throws {
        let person = random.below(12)
        switch random.below(8) {
        case 0, 1:
            try await hear("joined", person, ["email": .string(address()), "aliases": .array([.string(address())])])
        case 2:
            try await hear(
                "moved", person, ["manager_id": .string("e-\((person + 1 + random.below(12)) % 14)"), "title": "T"])
        case 3: try await hear("moved", person, ["email": .string(address())])
        case 4: try await hear("rehired", person)
        case 5: try await hear(random.chance(50) ? "suspended" : "returned", person)
        default: try await hear("left", person)
        }
    }

    private mutating func address() -> String { "\(random.chance(50) ? "p" : "P")\(random.below(20))@mountainlab.io" }

    mutating func hear(_ type: String, _ person: Int, _ attributes: JSONObject = JSONObject()) async throws {
        number += 1
        let bytes = event(type, "ev-\(number)", person, attributes)
        let event = try HREvent.read(bytes, rules: desk.rules)
        let expected = try await expected(event, bytes)
        var outcome = "refused"
        do {
            let receipt = try await desk.accept(bytes)
            outcome = receipt.outcome.rawValue
            #expect(receipt.problems == expected.problems, "\(String(decoding: bytes, as: UTF8.self))")
        } catch let error as HREventError {
            #expect(error.problems == expected.problems)
        }
        #expect(outcome == expected.outcome, "\(String(decoding: bytes, as: UTF8.self)) at \(now)")
        outcomes[outcome, default: 0] += 1
    }

    mutating func hear(_ type: String, _ person: Int, _ attributes: JSONValue) async throws {
        try await hear(type, person, attributes.object ?? JSONObject())
    }

    func event(_ type: String, _ id: String, _ person: Int, _ attributes: JSONObject) -> [UInt8] {
        var attributes = attributes
        if type == "joined" {
            attributes["given_name"] = "A"
            attributes["family_name"] = "B"
            attributes["type"] = person % 3 == 0 ? "contractor" : "employee"
            if person % 3 == 0 { attributes["end_date"] = "2027-06-01" }
        }
        var generator = SeededGenerator(seed: UInt64(id.utf8.reduce(0) { $0 &* 31 &+ Int($1) }))
        let shift = Int64(generator.below(5) == 0 ? generator.below(4_000) - 2_000 : 0)
        let event: JSONValue = [
            "specversion": "1.0", "id": .string(id), "source": "hr", "type": .string("io.tenure.identity.\(type)"),
            "time": .string(now.description), "subject": .string("e-\(person)"),
            "data": [
                "effective": .string((now + .minutes(shift)).description), "person": .object(attributes),
            ],
        ]
        return event.canonicalBytes
    }

    private struct Expectation: Sendable {
        let outcome: String
        let problems: [FeedProblem]
    }

    private func expected(_ event: HREvent, _ bytes: [UInt8]) async throws -> Expectation {
        let desk = desk
        let now = now
        return try await database.read { session in
            let timelines = try PeopleArchive(session).timelines()
            let roster = Roster(timelines.compactMap { $0.state(at: now, in: desk.days) })
            let problems = event.problems(
                against: timelines.first { $0.id == event.person }, roster: roster, rules: desk.rules, in: bytes)
            if problems.contains(where: { $0.severity == .error }) {
                return Expectation(outcome: "refused", problems: problems)
            }
            let leavers = try PeopleStore(session).events()
                .filter { $0.type == "left" && $0.receivedAt > now - RemovalGuard.window }
            let others = Set(leavers.map(\.person)).subtracting([event.person])
            let isHeld =
                event.kind == .left && roster[event.person]?.isActive == true
                && RemovalGuard(desk.guards).holdsLeaver(
                    accepted: others.count, of: roster.states.count(where: \.isActive))
            return Expectation(outcome: isHeld ? "held" : "accepted", problems: problems)
        }
    }

    // MARK: Snapshots and second persons

    private mutating func snapshot() async throws {
        var rows: [JSONValue] = []
        for person in 0..<12 where random.chance(85) {
            rows.append([
                "id": .string("e-\(person)"), "email": .string("p\(person)@mountainlab.io"), "given_name": "A",
                "family_name": "B", "type": "employee", "status": random.chance(80) ? "active" : "left",
            ])
        }
        let asOf = now - .minutes(Int64(random.below(200)))
        let feed: JSONValue = [
            "count": .integer(Int64(rows.count)), "as_of": .string(asOf.description), "people": .array(rows),
        ]
        _ = try await desk.importSnapshot(feed.canonicalBytes)
    }

    private func release() async throws {
        let open = try await database.read { try HoldStore($0).holds(.open) }
        guard let hold = open.first else { return }
        let context = context
        try await database.transact { session, records in
            try PeopleHold.release(hold, context, session, &records)
            try HoldStore(session).close(hold.id, .approved, at: context.now, by: "e-second")
        }
    }

    private func compareCounts() async throws {
        let (now, days) = (now, desk.days)
        let counted = try await database.write { session in
            try PeopleIndex(session: session, now: now, days: days).countActive()
        }
        let active = try await database.read { session in
            try PeopleArchive(session).timelines().count { $0.state(at: now, in: days)?.isActive == true }
        }
        #expect(counted == active, "at \(now)")
    }
}
