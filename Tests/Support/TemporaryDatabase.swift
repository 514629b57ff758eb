import AccessModel
import Persistence

/// Runs `body` on a new database of this binary's schema that is removed afterwards; see ``TestStorage``.
public func withTemporaryDatabase<Value>(
    _ body: (_ database: any Database) async throws -> Value
) async throws -> Value {
    let storage = try TestStorage()
    let database = try await storage.open()
    do {
        try await Schema.migrate(database, at: Instant(milliseconds: 0))
        let value = try await body(database)
        await database.close()
        return value
    } catch {
        await database.close()
        throw error
    }
}
