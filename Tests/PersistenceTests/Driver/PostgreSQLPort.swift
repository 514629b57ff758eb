import Dispatch
import Persistence
import TestSupport

/// What the tests of the PostgreSQL driver start from.
enum PostgreSQLPort {
    /// Runs `body` with a handle on a new database, with a table of numbered words in it.
    static func with(
        _ settings: PostgreSQLSettings = PostgreSQLSettings(), on server: PostgreSQLServer? = nil,
        for test: String = #function, _ body: (PostgreSQLDatabase, PostgreSQLTestDatabase) async throws -> Void
    ) async throws {
        guard let server = try server ?? PostgreSQLServer.shared(for: test) else { return }
        let place = try PostgreSQLTestDatabase(on: server)
        let database = try await PostgreSQLDatabase.open(place.address, settings: settings)
        do {
            try await database.write { session in
                _ = try session.execute("CREATE TABLE words (id BIGINT PRIMARY KEY, word TEXT)")
            }
            try await body(database, place)
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }

    static func settings(_ change: (inout PostgreSQLSettings) -> Void) -> PostgreSQLSettings {
        var settings = PostgreSQLSettings()
        change(&settings)
        return settings
    }

    static func insert(_ id: Int, into database: any Database) async throws {
        try await database.write { session in
            _ = try session.execute("INSERT INTO words (id, word) VALUES ($1, $2)", [.int(id), .text("w")])
        }
    }

    static func ids(_ database: any Database) async throws -> [Int64] {
        try await database.read { try $0.query("SELECT id FROM words ORDER BY id").map { try $0.integer(0) } }
    }

    /// Waits off the threads that tasks run on.
    static func wait(_ semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}
