import Foundation
import Glibc
import Persistence
import TestSupport
import Testing

@Suite("The SQLite driver")
struct SQLiteDatabaseTests {
    private static func open(_ folder: TemporaryFolder, _ name: String = "tenure.db") async throws -> SQLiteDatabase {
        try await SQLiteDatabase.open(folder.path(name))
    }

    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func filesAreTheirOwnersAlone() async throws {
        let folder = try TemporaryFolder()
        let database = try await Self.open(folder, "state/deep/tenure.db")
        try await database.write { _ = try $0.execute("CREATE TABLE t (id BIGINT)") }
        for name in ["tenure.db", "tenure.db-wal", "tenure.db-shm"] {
            #expect(try Self.mode(folder.path("state/deep/" + name)) == 0o600, "\(name)")
        }
        for name in ["state", "state/deep"] { #expect(try Self.mode(folder.path(name)) == 0o700, "\(name)") }
        await database.close()
    }

    @Test func aFileThatOthersCouldReadIsClosedToThem() async throws {
        let folder = try TemporaryFolder()
        #expect(FileManager.default.createFile(atPath: folder.path("tenure.db"), contents: nil))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.path("tenure.db"))
        let database = try await Self.open(folder)
        #expect(try Self.mode(folder.path("tenure.db")) == 0o600)
        await database.close()
    }

    @Test func commitsReachTheDisk() async throws {
        let folder = try TemporaryFolder()
        let database = try await Self.open(folder)
        let settings = try await database.write { session in
            try ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"].map { name in
                try session.query("PRAGMA \(name)").first?.values
            }
        }
        #expect(settings == [[.text("wal")], [.integer(2)], [.integer(1)], [.integer(10_000)]])
        await database.close()
    }

    @Test func whatIsNoDatabaseIsCorrupt() async throws {
        let folder = try TemporaryFolder()
        let text = Data(String(repeating: "this is a diary, not a database\n", count: 100).utf8)
        try text.write(to: URL(fileURLWithPath: folder.path("tenure.db")))
        #expect(try await code { _ = try await Self.open(folder) } == .corrupt)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("tenure.db"))) == text)
    }

    @Test func aFolderIsNoDatabase() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("tenure.db"), withIntermediateDirectories: false)
        #expect(try await code { _ = try await Self.open(folder) } == .unavailable)
        #expect(try await code { _ = try await SQLiteDatabase.open("/dev/null/tenure.db") } == .unavailable)
    }

    @Test func aFullDiskCommitsNothing() async throws {
        let folder = try TemporaryFolder()
        let database = try await Self.open(folder)
        try await database.write { _ = try $0.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, b BLOB)") }
        let code = try await code {
            try await database.write { session in
                _ = try session.query("PRAGMA max_page_count = 20")
                for id in 0..<100 {
                    try session.execute(
                        "INSERT INTO t (id, b) VALUES ($1, $2)", [.int(id), .blob([UInt8](repeating: 1, count: 4000))])
                }
            }
        }
        #expect(code == .storage)
        let count = try await database.read { try $0.query("SELECT count(*) FROM t") }
        #expect(count == [SQLRow([.integer(0)])])
        await database.close()
    }

    @Test func aLockThatIsHeldTooLongIsBusy() async throws {
        let folder = try TemporaryFolder()
        let holder = try await Self.open(folder)
        let other = try await Self.open(folder)
        try await other.write { _ = try $0.query("PRAGMA busy_timeout = 20") }
        let started = AsyncStream<Void>.makeStream()
        let finish = DispatchSemaphore(value: 0)
        async let holding: Void = holder.write { session in
            try session.execute("CREATE TABLE t (id BIGINT)")
            started.continuation.finish()
            finish.wait()
        }
        for await _ in started.stream {}
        #expect(try await code { try await other.write { _ in } } == .busy)
        finish.signal()
        try await holding
        try await other.write { _ = try $0.execute("INSERT INTO t (id) VALUES (1)") }
        await holder.close()
        await other.close()
    }

    /// As by a process that is paused while it closes the file as its last user.
    @Test(.timeLimit(.minutes(2))) func aFileThatIsLockedAsAWholeIsBusy() async throws {
        let folder = try TemporaryFolder()
        try await Self.open(folder).close()
        // Not for processes that other tests start meanwhile: they would hold the lock, too.
        let file = Glibc.open(folder.path("tenure.db"), O_RDWR | O_CLOEXEC)
        try #require(file >= 0)
        // SQLite's pending byte, by a lock of the open file (F_OFD_SETLK), which is not this process's own.
        var lock = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0x4000_0000, l_len: 1, l_pid: 0)
        try #require(fcntl(file, 37, &lock) == 0)
        #expect(try await code { _ = try await Self.open(folder) } == .busy)
        try #require(Glibc.close(file) == 0)
        try await Self.open(folder).close()
    }

    @Test func manyOpenOneNewFileAtOnce() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("tenure.db")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let database = try await SQLiteDatabase.open(path)
                    try await Schema.migrate(database, at: .init(milliseconds: 0))
                    await database.close()
                }
            }
            try await group.waitForAll()
        }
    }
}
