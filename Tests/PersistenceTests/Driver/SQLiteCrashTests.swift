import Foundation
import Persistence
import TestSupport
import Testing

/// What a crash leaves is the file and its log as they were at some moment, the log perhaps cut at any byte.
@Suite("A crash of the SQLite driver")
struct SQLiteCrashTests {
    /// Copies what is on disk while the database is open, as a killed process leaves it.
    private static func copy(_ folder: TemporaryFolder, walBytes: Int? = nil) throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for name in ["tenure.db", "tenure.db-wal"] {
            var data = try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
            if name.hasSuffix("-wal"), let walBytes { data = data.prefix(walBytes) }
            try data.write(to: URL(fileURLWithPath: copy.path(name)))
        }
        return copy
    }

    private static func ids(_ folder: TemporaryFolder) async throws -> [Int64] {
        let database = try await SQLiteDatabase.open(folder.path("tenure.db"))
        let ids = try await database.read { session in
            #expect(try session.query("PRAGMA integrity_check") == [SQLRow([.text("ok")])])
            let tables = try session.query("SELECT name FROM sqlite_master WHERE name = 't'")
            guard !tables.isEmpty else { return [Int64]() }
            return try session.query("SELECT id FROM t ORDER BY id").map { try $0.integer(0) }
        }
        await database.close()
        return ids
    }

    @Test func everyCommitIsThere() async throws {
        let folder = try TemporaryFolder()
        let database = try await SQLiteDatabase.open(folder.path("tenure.db"))
        try await database.write { _ = try $0.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)") }
        for id in 0..<10 {
            try await database.write { _ = try $0.execute("INSERT INTO t (id) VALUES ($1)", [.int(id)]) }
            #expect(try await Self.ids(try Self.copy(folder)) == (0...id).map { Int64($0) })
        }
        await database.close()
    }

    @Test func nothingOfAnUnfinishedWriteIsThere() async throws {
        let folder = try TemporaryFolder()
        let database = try await SQLiteDatabase.open(folder.path("tenure.db"))
        try await database.write { _ = try $0.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, b BLOB)") }
        let copy = try await database.write { session in
            _ = try session.query("PRAGMA cache_size = 10")
            for id in 0..<200 {
                try session.execute(
                    "INSERT INTO t (id, b) VALUES ($1, $2)", [.int(id), .blob([UInt8](repeating: 7, count: 4000))])
            }
            return try Self.copy(folder)
        }
        let wal = try FileManager.default.attributesOfItem(atPath: copy.path("tenure.db-wal"))[.size] as? Int
        #expect(try #require(wal) > 400_000, "the unfinished write must have reached the disk")
        #expect(try await Self.ids(copy) == [])
        #expect(try await Self.ids(try Self.copy(folder)).count == 200)
        await database.close()
    }

    @Test func aLogThatIsCutAnywhereHoldsWholeTransactions() async throws {
        let folder = try TemporaryFolder()
        let database = try await SQLiteDatabase.open(folder.path("tenure.db"))
        try await database.write { _ = try $0.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)") }
        for batch in 0..<5 {
            try await database.write { session in
                try session.insert(into: "t (id)", (0..<100).map { [.int(batch * 100 + $0)] })
            }
        }
        let size = try Data(contentsOf: URL(fileURLWithPath: folder.path("tenure.db-wal"))).count
        var seen: Set<Int> = []
        for cut in stride(from: 0, through: size, by: max(1, size / 40)) + [size - 1, size] {
            let ids = try await Self.ids(try Self.copy(folder, walBytes: cut))
            #expect(ids == (0..<ids.count).map { Int64($0) })
            #expect(ids.count.isMultiple(of: 100))
            seen.insert(ids.count)
        }
        #expect(seen.count > 3)
        await database.close()
    }
}
