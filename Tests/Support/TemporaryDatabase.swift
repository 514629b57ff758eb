import AccessModel
import Persistence

/// Runs `body` on a new SQLite database of this binary's schema, in a folder of its own that is removed afterwards.
public func withTemporaryDatabase<Value>(
    _ body: (_ database: SQLiteDatabase) async throws -> Value
) async throws -> Value {
    let folder = try TemporaryFolder()
    let database = try await SQLiteDatabase.open(folder.path("tenure.db"))
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
