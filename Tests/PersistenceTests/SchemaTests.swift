import AccessModel
import TestSupport
import Testing

@testable import Persistence

@Suite("The schema")
struct SchemaTests {
    private let now = Instant(milliseconds: 1_700_000_000_000)

    @Test("migrations are numbered from 1 and never change") func migrations() {
        #expect(Schema.migrations.map(\.number) == Array(1...Schema.migrations.count))
        // An edit of a released migration breaks every database that has it. Add a migration instead.
        let pinned = [
            "record": "539966389daa3a90b7c3548a14ad2d263028b370ae4cbacb69c7292d46527969",
            "workflow": "67987dbd65ccd41fe9bdc07fcbc362675167b73ae30f8bc9bf03979587ebf5fc",
            "audit-tree": "00551e33aa9c4faae8ac30d766ae0d2a1d4cba1616e1abde1432e34a2cd335b7",
            "access": "fb91e467bbab7ce7c6d207f17df6fa4ed314293805c7831909734fbe733d6cb3",
            "notices": "b292149959cbe9e53d6ae6ae77f665181ab99ee98d2d9bdf4ebf7b4fef2a43ef",
            "scim": "8d5d259cc8293ac830faad2b7eca4be807b538c03c7c4408b14e311a0951e79f",
            "api": "97659630293f82d11af1b3bfb5bdee54e1aab0b66f772ac87dde29fdf715fe2e",
            "intake": "557cfa8fc82485adab8b4f2cbd83beccbac67eee405a8ea7d879f82916e38e7b",
            "forge": "0d46cd28c40bcd73ddfb87a01cf0456a9f0677b9635d037738d2e3cd68fd1022",
            "scim-counts": "e6ee70dbe8221155839bf841ec6cac3b62d084ee450bb710d031525afd88b3cd",
            "sign-in": "2c53fb4eac4fb6be55fa390525591179fcf6e693761cfc339df472879943057d",
        ]
        for migration in Schema.migrations { #expect(migration.checksum == pinned[migration.name]) }
        for dialect in [SQLDialect.sqlite, .postgresql] {
            let sql = Schema.migrations.flatMap { $0.statements(for: dialect) }
            #expect(!sql.contains { $0.contains("{") || $0.contains("}") })
            let verbs = ["CREATE ", "INSERT INTO ", "ALTER TABLE ", "DROP TABLE "]
            #expect(sql.allSatisfy { statement in verbs.contains { statement.hasPrefix($0) } })
        }
    }

    @Test("it is made once", arguments: DatabaseDriver.all)
    func migrate(_ driver: DatabaseDriver) async throws {
        try await driver.withTwoHandles { first, second in
            async let one: Void = Schema.migrate(first, at: now)
            async let two: Void = Schema.migrate(second, at: now)
            _ = try await (one, two)
            try await Schema.migrate(first, at: now)
            let rows = try await second.read { try $0.query("SELECT number FROM schema_migrations ORDER BY number") }
            #expect(try rows.map { Int(try $0.integer(0)) } == Schema.migrations.map(\.number))
        }
    }

    @Test("an older database is brought up, a newer one refused", arguments: DatabaseDriver.all)
    func versions(_ driver: DatabaseDriver) async throws {
        let next = Migration(number: 3, name: "next", text: "CREATE TABLE next (id {integer} PRIMARY KEY) {strict};")
        let known = Array(Schema.migrations.prefix(2))
        try await driver.withDatabase { database in
            try await Schema.migrate(database, at: now, to: Array(known.prefix(1)))
            try await Schema.migrate(database, at: now, to: known)
            try await Schema.migrate(database, at: now, to: known + [next])
            #expect(try await code { try await Schema.migrate(database, at: now, to: known) } == .schema)
        }
    }

    @Test("a migration that was changed after it was applied is refused", arguments: DatabaseDriver.all)
    func altered(_ driver: DatabaseDriver) async throws {
        try await driver.withDatabase { database in
            try await Schema.migrate(database, at: now)
            try await database.write { session in
                _ = try session.execute("UPDATE schema_migrations SET checksum = 'x' WHERE number = 1")
            }
            #expect(try await code { try await Schema.migrate(database, at: now) } == .schema)
        }
    }

    @Test("a migration that fails leaves nothing behind", arguments: DatabaseDriver.all)
    func failing(_ driver: DatabaseDriver) async throws {
        let broken = Migration(
            number: 1, name: "broken", text: "CREATE TABLE half (id {integer});\nCREATE TABLE half (id {integer});")
        try await driver.withDatabase { database in
            #expect(try await code { try await Schema.migrate(database, at: now, to: [broken]) } == .statement)
            try await Schema.migrate(database, at: now)
        }
    }

    @Test("tables of another program are not taken over", arguments: DatabaseDriver.all)
    func foreign(_ driver: DatabaseDriver) async throws {
        try await driver.withDatabase { database in
            try await database.write { _ = try $0.execute("CREATE TABLE diary (id BIGINT)") }
            #expect(try await code { try await Schema.migrate(database, at: now) } == .schema)
        }
    }
}
