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

    @Test func anEventIsTakenOnce() async throws {
        let event = try Self.event("1")
        let other = try Self.event("1", digest: "another")
        try await withTemporaryDatabase { database in
            let results = try await database.write { session in
                try [event, event, other].map { try PeopleStore(session).insert($0) }
            }
            #expect(results == [.added, .repeated, .conflicting])
            #expect(try await database.read { try PeopleStore($0).events() } == [event])
            #expect(try await database.read { try PeopleStore($0).event(source: "hr/test", id: "1") } == event)
            #expect(try await database.read { try PeopleStore($0).event(source: "hr/other", id: "1") } == nil)
        }
    }

    @Test func eventsComeInTheOrderInWhichTheyCount() async throws {
        let events = try [
            Self.event("c", effective: 30), Self.event("b", person: "e-2", effective: 20),
            Self.event("a", effective: 20), Self.event("d", effective: 10),
        ]
        let first = try Self.person("e-1")
        try await withTemporaryDatabase { database in
            try await database.write { session in
                for event in events { _ = try PeopleStore(session).insert(event) }
            }
            try await database.read { session in
                let store = PeopleStore(session)
                #expect(try store.events().map(\.id) == ["d", "a", "b", "c"])
                #expect(try store.events(of: first).map(\.id) == ["d", "a", "c"])
                let due = try store.events(takingEffectAfter: Self.at(10), through: Self.at(20))
                #expect(due.map(\.id) == ["a", "b"])
            }
        }
    }

    private static func import_(
        _ asOf: Int64, _ bodies: [String: String?], into database: any Database
    ) async throws {
        let statements = try bodies.sorted { $0.key < $1.key }.map { id, body in
            PeopleStore.Statement(person: try person(id), body: body.map { ["title": .string($0)] })
        }
        let snapshot = PeopleStore.Snapshot(
            id: "s-\(asOf)", asOf: at(asOf), importedAt: at(asOf + 1), people: bodies.count, digest: "x")
        try await database.write { try PeopleStore($0).insert(snapshot, statements) }
    }

    private static func text(_ database: any Database) async throws -> [String] {
        try await database.read { session in
            try PeopleStore(session).rows().map { row in
                let end = row.until.map { "\($0.milliseconds)" } ?? "..."
                return "\(row.person) \(row.from.milliseconds)-\(end) \(row.body["title"]?.string ?? "")"
            }
        }
    }

    @Test func snapshotsBecomeIntervals() async throws {
        try await withTemporaryDatabase { database in
            try await Self.import_(10, ["e-1": "Dev", "e-2": "Ops"], into: database)
            try await Self.import_(20, ["e-1": "Dev", "e-2": "Lead", "e-3": "New"], into: database)
            try await Self.import_(30, ["e-1": nil, "e-2": "Lead"], into: database)
            #expect(
                try await Self.text(database) == [
                    "e-1 10-30 Dev", "e-2 10-20 Ops", "e-2 20-... Lead", "e-3 20-... New",
                ])
            let then = try await database.read { try PeopleStore($0).rows(at: Self.at(20)).map(\.person.text) }
            #expect(then == ["e-1", "e-2", "e-3"])
            let now = try await database.read { try PeopleStore($0).rows(at: Self.at(30)).map(\.person.text) }
            #expect(now == ["e-2", "e-3"])
            #expect(try await database.read { try PeopleStore($0).snapshots().map(\.id) } == ["s-10", "s-20", "s-30"])
        }
    }

    @Test func aSecondSnapshotOfOneTimeCorrectsTheFirst() async throws {
        try await withTemporaryDatabase { database in
            try await Self.import_(10, ["e-1": "Dev", "e-2": "Ops"], into: database)
            let statements = [
                PeopleStore.Statement(person: try Self.person("e-1"), body: ["title": "Lead"]),
                PeopleStore.Statement(person: try Self.person("e-2"), body: nil),
            ]
            let again = PeopleStore.Snapshot(
                id: "again", asOf: Self.at(10), importedAt: Self.at(12), people: 1, digest: "y")
            try await database.write { try PeopleStore($0).insert(again, statements) }
            #expect(try await Self.text(database) == ["e-1 10-... Lead"])
        }
    }

    @Test("in whatever order snapshots arrive, at every moment the same is said")
    func order() async throws {
        let snapshots: [(Int64, [String: String?])] = [
            (10, ["e-1": "A", "e-2": "A"]), (20, ["e-1": "B", "e-2": nil]), (30, ["e-1": "A", "e-2": "A"]),
            (40, ["e-1": nil, "e-2": "C"]),
        ]
        var results: Set<[String]> = []
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1], [0, 3, 1, 2], [3, 0, 2, 1]] {
            try await withTemporaryDatabase { database in
                for index in order { try await Self.import_(snapshots[index].0, snapshots[index].1, into: database) }
                results.insert(
                    try await database.read { session in
                        try [5, 10, 15, 20, 25, 30, 35, 40, 45].map { time in
                            try PeopleStore(session).rows(at: Self.at(time))
                                .map { "\(time) \($0.person) \($0.body["title"]?.string ?? "")" }.joined(separator: ";")
                        }
                    })
            }
        }
        #expect(results.count == 1, "\(results)")
        #expect(results.first?[4] == "25 e-1 B")
    }

    @Test func releasesAreKept() async throws {
        let release = PeopleStore.Release(
            person: try Self.person("e-1"), releasedAt: Self.at(5), actor: "local:ana", body: ["hold": "h-1"])
        try await withTemporaryDatabase { database in
            try await database.write { session in
                try PeopleStore(session).insert(release)
                try PeopleStore(session).insert(release)
            }
            #expect(try await database.read { try PeopleStore($0).releases() } == [release])
        }
    }

    @Test func whatCannotBeReadIsCorrupt() async throws {
        let event = try Self.event("1")
        try await withTemporaryDatabase { database in
            try await database.write { session in
                _ = try PeopleStore(session).insert(event)
                try session.execute("UPDATE people_events SET body = '{\"a\":1,\"a\":2}'")
            }
            #expect(try await code { _ = try await database.read { try PeopleStore($0).events() } } == .corrupt)
        }
    }
}
