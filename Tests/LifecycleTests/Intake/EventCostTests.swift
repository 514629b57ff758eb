import AccessModel
import AuditTrail
import Definitions
import Persistence
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Lifecycle

@Suite("What an event costs") struct EventCostTests {
    /// The rows that are read for one event are as many in a large organisation as in a small one.
    @Test func itDoesNotGrowWithTheNumberOfPeople() async throws {
        let events = ["joined", "moved", "left"]
        let few = try await cost(of: events, people: 20)
        let many = try await cost(of: events, people: 400)
        #expect(few == many)
        #expect(many.allSatisfy { $0 < 40 }, "\(many)")
    }

    private func cost(of types: [String], people: Int) async throws -> [Int] {
        try await withTemporaryDatabase { database in
            let desk = PeopleDesk(
                context: LifecycleContext(database: database, actor: "hr:test", now: Sample.now, newID: { "id" }),
                definitions: nil, digest: { "\($0.hashValue)" })
            var rows: [JSONValue] = []
            for number in 0..<people {
                rows.append([
                    "id": .string("e-\(number)"), "email": .string("p\(number)@mountainlab.io"), "given_name": "A",
                    "family_name": "B", "type": "employee", "status": "active",
                ])
            }
            let feed: JSONValue = [
                "count": .integer(Int64(people)), "as_of": .string(Sample.now.description), "people": .array(rows),
            ]
            _ = try await desk.importSnapshot(feed.canonicalBytes)
            // What a snapshot brought is looked up once.
            _ = try await desk.accept(Self.event("joined", "first", "e-first"))
            var costs: [Int] = []
            for type in types {
                let bytes = Self.event(type, "ev-\(type)", "e-new")
                let event = try desk.read(bytes)
                let read = try await database.transact { session, records in
                    let counting = CountingSession(session)
                    _ = try desk.accept(event, bytes: bytes, in: counting, records: &records)
                    return counting.rows
                }
                costs.append(read)
            }
            return costs
        }
    }

    private static func event(_ type: String, _ id: String, _ person: String) -> [UInt8] {
        let attributes: JSONValue =
            switch type {
            case "joined":
                [
                    "email": .string("\(person)@mountainlab.io"), "given_name": "A", "family_name": "B",
                    "type": "employee",
                ]
            case "moved": ["title": "T", "manager_id": "e-3", "email": "other@mountainlab.io"]
            default: [:]
            }
        let event: JSONValue = [
            "specversion": "1.0", "id": .string(id), "source": "hr", "type": .string("io.tenure.identity.\(type)"),
            "time": .string(Sample.now.description), "subject": .string(person), "data": ["person": attributes],
        ]
        return event.canonicalBytes
    }
}

/// Counts the rows that are handed out.
private final class CountingSession: SQLSession {
    private let base: any SQLSession
    private(set) var rows = 0

    init(_ base: any SQLSession) { self.base = base }

    var scope: TransactionScope { base.scope }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws -> Int { try base.execute(sql, parameters) }

    func query(_ sql: String, _ parameters: [SQLValue]) throws -> [SQLRow] {
        let found = try base.query(sql, parameters)
        rows += found.count
        return found
    }

    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        try base.forEachRow(sql, parameters) { row in
            rows += 1
            try body(row)
        }
    }
}
