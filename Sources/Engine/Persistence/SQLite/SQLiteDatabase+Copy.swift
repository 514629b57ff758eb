import GRDB

extension SQLiteDatabase {
    /// Copies the database as it is at one moment into a file that is not there yet, by SQLite's online backup: writers
    /// go on meanwhile. The file alone is the whole copy; whoever needs it on disk sees to that.
    public func copy(to path: String) async throws {
        try DurableFile.create(path)
        let pool = pool
        do {
            try await Self.onQueue {
                let copy = try DatabaseQueue(path: path)
                try pool.backup(to: copy)
                // The copy says of itself that it has a log beside it; it has none.
                try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
                try copy.close()
            }
        } catch let error as DatabaseError {
            throw error.persistenceError("copy the database to `\(path)`")
        }
    }

    /// Throws `.corrupt` where the file's pages do not fit together.
    public func checkPages() async throws {
        let finding = try await read { session in try session.query("PRAGMA integrity_check").first?.text(0) }
        guard finding == "ok" else {
            throw PersistenceError(code: .corrupt, operation: "check `\(path)`", message: finding ?? "it says nothing")
        }
    }
}
