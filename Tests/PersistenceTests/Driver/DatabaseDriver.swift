import Persistence
import TestSupport
import Testing

/// One driver to which the whole conformance suite is applied; a further driver is a further element of `all`.
struct DatabaseDriver: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// A new, empty place for a database; nil, said and counted, where its system is not installed.
    let makeStorage: @Sendable () throws -> (any DatabaseStorage)?

    static let all: [DatabaseDriver] = [
        DatabaseDriver(testDescription: "sqlite") { SQLiteStorage(folder: try TemporaryFolder()) },
        DatabaseDriver(testDescription: "postgresql") { try PostgreSQLStorage() },
    ]

    /// Runs `body` with one handle, opened and closed around it.
    func withDatabase(_ body: (any Database) async throws -> Void) async throws {
        guard let storage = try makeStorage() else { return }
        let database = try await storage.open()
        do {
            try await body(database)
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }

    /// Runs `body` with one handle on a database of this binary's schema.
    func withSchema(_ body: (any Database) async throws -> Void) async throws {
        try await withDatabase { database in
            try await Schema.migrate(database, at: .init(milliseconds: 0))
            try await body(database)
        }
    }

    /// Runs `body` with two handles on one database, as two processes have them.
    func withTwoHandles(_ body: (any Database, any Database) async throws -> Void) async throws {
        guard let storage = try makeStorage() else { return }
        let first = try await storage.open()
        let second = try await storage.open()
        do {
            try await body(first, second)
            await first.close()
            await second.close()
        } catch {
            await first.close()
            await second.close()
            throw error
        }
    }
}

/// Where a database lives while its handles come and go. It is removed with its last reference.
protocol DatabaseStorage: Sendable {
    func open() async throws -> any Database
}

struct SQLiteStorage: DatabaseStorage {
    let folder: TemporaryFolder
    var path: String { folder.path("tenure.db") }

    func open() async throws -> any Database { try await SQLiteDatabase.open(path) }
}

struct PostgreSQLStorage: DatabaseStorage {
    let database: PostgreSQLTestDatabase

    init?() throws {
        guard let server = try PostgreSQLServer.shared() else { return nil }
        database = try PostgreSQLTestDatabase(on: server)
    }

    func open() async throws -> any Database { try await PostgreSQLDatabase.open(database.address) }
}

/// Runs `body` and returns the code of what it throws; nil when it throws nothing.
func code(of body: () async throws -> Void) async throws -> PersistenceError.Code? {
    do {
        try await body()
        return nil
    } catch let error as PersistenceError {
        return error.code
    }
}
