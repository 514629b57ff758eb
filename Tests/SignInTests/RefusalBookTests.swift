import AccessModel
import AuditTrail
import Persistence
import StrictJSON
import TestSupport
import Testing

@testable import SignIn

/// Who is refused fills no log, and is on record all the same.
@Suite("Refusals") struct RefusalBookTests {
    private struct World {
        let database: any Database
        let clock: SimulatedClock
        let book: RefusalBook

        func refuse(_ times: Int, _ reason: String = "no", from peer: String = "192.0.2.7") async throws {
            for number in 0..<times {
                try await book.note(
                    .signIn(reason, from: RequestOrigin(peer: peer, correlation: "req-\(number)")))
            }
        }

        func records() async throws -> [Record] {
            try await database.read { session in try AuditLog(session).entries(AuditLog.Filter()).map(\.record) }
        }

        /// How many refusals the log tells of.
        func told() async throws -> Int64 {
            try await records().reduce(0) { $0 + ($1.body["count"]?.integer ?? 1) }
        }
    }

    private func world(
        _ limits: RefusalBook.Limits = RefusalBook.Limits(), _ body: (World) async throws -> Void
    ) async throws {
        try await withTemporaryDatabase { database in
            let clock = SimulatedClock(Sample.now)
            try await body(
                World(
                    database: database, clock: clock,
                    book: RefusalBook(database: database, limits: limits, now: { clock.now() })))
        }
    }

    @Test("the first are written as they come, the others of a minute together") func summed() async throws {
        try await world { world in
            try await world.refuse(1_000)
            #expect(try await world.records().count == 5)
            world.clock.advance(by: .seconds(30))
            try await world.refuse(1_000, "another reason")
            world.clock.advance(by: .seconds(31))
            try await world.refuse(1)
            let records = try await world.records()
            // Two sums, and the first of the next minute.
            #expect(records.count == 5 + 2 + 1)
            #expect(try await world.told() == 2_001)
            let sum = try #require(records.first { $0.body["count"]?.integer == 995 })
            #expect(sum.body["peer"] == "192.0.2.7" && sum.body["reason"] == "no" && sum.body["request"] == "req-999")
            #expect(sum.body["first"]?.string == Sample.now.description)
            #expect(records.allSatisfy { $0.known == .signInRefused })
        }
    }

    @Test("one address takes no other's place") func apart() async throws {
        try await world { world in
            try await world.refuse(100)
            try await world.refuse(1, from: "192.0.2.8")
            #expect(try await world.records().last?.body["peer"] == "192.0.2.8")
            try await world.book.flush()
            try await world.book.flush()
            #expect(try await world.records().count == 7)
            #expect(try await world.told() == 101)
        }
    }

    @Test("however many addresses there are, a minute has an end") func bounded() async throws {
        var limits = RefusalBook.Limits()
        limits.all = 10
        limits.sums = 20
        try await world(limits) { world in
            for number in 0..<500 { try await world.refuse(2, from: "2001:db8::\(number)") }
            #expect(try await world.records().count == 10)
            try await world.book.flush()
            #expect(try await world.records().count == 10 + 21)
            #expect(try await world.told() == 1_000)
            #expect(try await world.records().contains { $0.body["peer"] == "others" })
        }
    }

    @Test("what cannot be written is not forgotten") func kept() async throws {
        try await world { world in
            try await world.refuse(10)
            func rename(_ from: String, _ to: String) async throws {
                try await world.database.write { session in
                    try session.execute("ALTER TABLE \(from) RENAME TO \(to)")
                }
            }
            try await rename("audit_leaves", "elsewhere")
            await #expect(throws: (any Error).self) { try await world.book.flush() }
            try await rename("elsewhere", "audit_leaves")
            try await world.book.flush()
            #expect(try await world.told() == 10)
        }
    }
}
