import AccessModel
import Persistence
import StrictJSON
import TestSupport
import Testing

@Suite("What HR said")
struct PeopleStoreTests {
    private static func person(_ text: String) throws -> PersonID { try #require(PersonID(text)) }
    private static func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

    private static func event(
        _ id: String, person: String = "e-1", effective: Int64 = 10, digest: String = "d"
    ) throws -> PeopleStore.Event {
        PeopleStore.Event(
            source: "hr/test", id: id, person: try Self.person(person), type: "left", effective: at(effective),
            statedAt: at(1), receivedAt: at(2), digest: digest, body: ["status": "left"])
    }

    @Test(arguments: DatabaseDriver.all) func anEventIsTakenOnce(_ driver: DatabaseDriver) async throws {
        let event = try Self.event("1")
        let other = try Self.event("1", digest: "another")
        try await driver.withSchema { database in
            let results = try await database.write { session in
                try [event, event, other].map { try PeopleStore(session).insert($0) }
            }
            #expect(results == [.added, .repeated, .conflicting])
            #expect(try await database.read { try PeopleStore($0).events() } == [event])
            #expect(try await database.read { try PeopleStore($0).event(source: "hr/test", id: "1") } == event)
            #expect(try await database.read { try PeopleStore($0).event(source: "hr/other", id: "1") } == nil)
        }
    }

    @Test(arguments: DatabaseDriver.all) func eventsComeInTheOrderInWhichTheyCount(_ driver: DatabaseDriver)
        async throws
    {
        let events = try [
            Self.event("c", effective: 30), Self.event("b", person: "e-2", effective: 20),
            Self.event("a", effective: 20), Self.event("d", effective: 10),
        ]
        let first = try Self.person("e-1")
        try await driver.withSchema { database in
            try await database.write { session in
                for event in events { _ = try PeopleStore(session).insert(event) }
            }
            try await database.read { session in
                let store = PeopleStore(session)
                #expect(try store.events().map(\.id) == ["d", "a", "b", "c"])
                #expect(try store.events(of: [first]).map(\.id) == ["d", "a", "c"])
                let due = try store.events(takingEffectAfter: Self.at(10), through: Self.at(20))
                #expect(due.map(\.id) == ["a", "b"])
            }
        }
    }

    private static func row(
        _ person: String, _ from: Int64, _ until: Int64, _ title: String, importedAt: Int64 = 1
    ) throws -> PeopleStore.Row {
        PeopleStore.Row(
            person: try Self.person(person), from: at(from), until: at(until), importedAt: at(importedAt),
            body: ["title": .string(title)])
    }

    @Test(arguments: DatabaseDriver.all) func rowsOfSnapshotsAreExtendedByTheNext(_ driver: DatabaseDriver) async throws
    {
        let rows = try [Self.row("e-1", 10, 10, "Dev"), Self.row("e-2", 10, 10, "Ops")]
        let lead = try Self.row("e-2", 20, 20, "Lead")
        let people = try ["e-1", "e-2"].map(Self.person)
        try await driver.withSchema { database in
            try await database.write { session in
                let store = PeopleStore(session)
                try store.insert(rows)
                try store.insert([try Self.row("e-1", 10, 99, "other")])
                try store.extend([people[0]], until: Self.at(20))
                try store.insert([lead])
                try store.extend(people, until: Self.at(30))
                try store.extend(people, until: Self.at(25))
            }
            let stored = try await database.read { try PeopleStore($0).rows() }
            #expect(
                stored == [
                    try Self.row("e-1", 10, 30, "Dev"), rows[1], try Self.row("e-2", 20, 30, "Lead"),
                ])
            #expect(try await database.read { try PeopleStore($0).rows(of: [people[0]]) } == [stored[0]])
        }
    }

    @Test(arguments: DatabaseDriver.all) func manyRowsAreWrittenAndExtended(_ driver: DatabaseDriver) async throws {
        let rows = try (0..<1000).map { try Self.row("e-\($0)", 10, 10, "x") }
        try await driver.withSchema { database in
            try await database.write { session in
                try PeopleStore(session).insert(rows)
                try PeopleStore(session).extend(rows.dropLast(3).map(\.person), until: Self.at(20))
            }
            let stored = try await database.read { try PeopleStore($0).rows() }
            #expect(stored.count { $0.until == Self.at(20) } == 997)
            #expect(stored.count { $0.until == Self.at(10) } == 3)
        }
    }

    @Test(arguments: DatabaseDriver.all) func snapshotsAreKeptInTheirOrder(_ driver: DatabaseDriver) async throws {
        let snapshots = [30, 10, 20].map { (time: Int64) in
            PeopleStore.Snapshot(
                id: "s-\(time)", asOf: Self.at(time), importedAt: Self.at(40), people: 3, digest: "d")
        }
        try await driver.withSchema { database in
            try await database.write { session in
                for snapshot in snapshots { try PeopleStore(session).insert(snapshot) }
            }
            let stored = try await database.read { try PeopleStore($0).snapshots() }
            #expect(stored == [snapshots[1], snapshots[2], snapshots[0]])
        }
    }

    @Test(arguments: DatabaseDriver.all) func leaversOfTheHourAreFound(_ driver: DatabaseDriver) async throws {
        let event = try Self.event("1")
        try await driver.withSchema { database in
            _ = try await database.write { try PeopleStore($0).insert(event) }
            let (own, other) = (event.person, try Self.person("e-other"))
            func count(_ second: Int64, _ except: PersonID) async throws -> Int {
                try await database.read {
                    try PeopleStore($0).countLeavers(receivedAfter: Self.at(second), except: except)
                }
            }
            #expect(try await count(1, other) == 1)
            #expect(try await count(1, own) == 0)
            #expect(try await count(2, other) == 0)
        }
    }

    @Test(arguments: DatabaseDriver.all) func releasesAreKept(_ driver: DatabaseDriver) async throws {
        let release = PeopleStore.Release(
            person: try Self.person("e-1"), releasedAt: Self.at(5), actor: "local:ana", body: ["hold": "h-1"])
        try await driver.withSchema { database in
            try await database.write { session in
                try PeopleStore(session).insert(release)
                try PeopleStore(session).insert(release)
            }
            #expect(try await database.read { try PeopleStore($0).releases() } == [release])
        }
    }

    @Test(arguments: DatabaseDriver.all) func whatCannotBeReadIsCorrupt(_ driver: DatabaseDriver) async throws {
        let event = try Self.event("1")
        try await driver.withSchema { database in
            try await database.write { session in
                _ = try PeopleStore(session).insert(event)
                try session.execute("UPDATE people_events SET body = '{\"a\":1,\"a\":2}'")
            }
            #expect(try await code { _ = try await database.read { try PeopleStore($0).events() } } == .corrupt)
        }
    }
}
