import CSQLite
import Dispatch
import GRDB

/// The embedded database: one file in WAL mode, many readers beside one writer.
///
/// A write is on disk when it returns (`synchronous=FULL`); writes that are asked for at the same time share one wait
/// for the disk (``CommitQueue``). Any number of processes may open one file; their writes queue for up to
/// ``busyTimeout`` seconds. A file that this type creates is readable by its owner alone.
public struct SQLiteDatabase: Database {
    /// How long, in seconds, a statement waits for another process before it fails as `.busy`.
    public static let busyTimeout = 10.0

    public let dialect = SQLDialect.sqlite
    public let path: String
    let pool: DatabasePool
    /// Connections of their own, so that nobody who reads at length is in the way.
    private let briefReaders: DatabasePool
    private let queue = CommitQueue()

    private init(path: String) throws {
        self.path = path
        pool = try Self.openPool(path)
        briefReaders = try DatabasePool(path: path, configuration: Self.configuration(readers: 4, mayWrite: false))
    }

    /// Opens the file at `path`, and creates it and its folder where they are missing. The schema is for
    /// ``Schema/migrate(_:at:)``.
    public static func open(_ path: String) async throws -> SQLiteDatabase {
        let operation = "open the database `\(path)`"
        try PrivateFile.prepare(path)
        let deadline = ContinuousClock.now + .seconds(busyTimeout)
        while true {
            do {
                return try await onQueue { try SQLiteDatabase(path: path) }
            } catch let error as DatabaseError {
                // The change to WAL by two processes at once does not wait for the busy timeout.
                let mapped = error.persistenceError(operation)
                guard mapped.code == .busy, ContinuousClock.now < deadline else { throw mapped }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private static func configuration(readers: Int, mayWrite: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = !mayWrite
        configuration.label = "tenure"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(busyTimeout)
        configuration.maximumReaderCount = readers
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            try database.execute(sql: "PRAGMA cell_size_check = ON")
            try database.execute(sql: "PRAGMA cache_size = -8192")
            try keepPlans(of: database)
        }
        return configuration
    }

    private static func openPool(_ path: String) throws -> DatabasePool {
        let pool = try DatabasePool(path: path, configuration: configuration(readers: 8, mayWrite: true))
        try pool.writeWithoutTransaction { database in
            // GRDB sets NORMAL with WAL, which may lose the last commits when the power fails.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
                throw PersistenceError(
                    code: .unavailable, operation: "open the database `\(path)`",
                    message: "this SQLite does not take synchronous=FULL")
            }
            // What is written lies all over the file: pages that were just there are not to be read, nor copied from the log
            // to their place, again and again. A log of 32 MiB is read in no time after a crash.
            try database.execute(sql: "PRAGMA cache_size = -32768")
            _ = try Int.fetchOne(database, sql: "PRAGMA wal_autocheckpoint = 8192")
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master")
        }
        return pool
    }

    /// A statement is planned once, whatever values it is run with. Else SQLite prepares it anew for each set of values
    /// as soon as a partial index might serve it, at ten times the cost of running it.
    private static func keepPlans(of database: GRDB.Database) throws {
        guard tenure_sqlite_keep_plans(database.sqliteConnection) == SQLITE_OK else {
            throw PersistenceError(
                code: .unavailable, operation: "open a connection", message: "this SQLite cannot keep its plans")
        }
    }

    static func onQueue<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
        }
    }

    // The forms with a callback, because the async ones give up a transaction when the calling task is cancelled:
    // a result that a target already gave must still be written down.

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            pool.asyncRead { access in
                continuation.resume(
                    with: Self.mapped("read") { try SQLiteSession.run(on: access.get(), body) })
            }
        }
    }

    public func readBriefly<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value { try readNow(body) }

    /// Not asynchronous itself: where it were, GRDB's `read` would be the one that goes to another thread and back.
    private func readNow<Value>(_ body: (any SQLSession) throws -> Value) throws -> Value {
        try Self.mapped("read") { try briefReaders.read { try SQLiteSession.run(on: $0, body) } }.get()
    }

    @discardableResult
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { caller in
            queue.add(PendingWrite(body, caller: caller))
            pool.asyncWriteWithoutTransaction { [queue] connection in
                WriteBatch(writes: queue.takeBatch()).run(on: SQLiteWriter(connection: connection))
            }
        }
    }

    private static func mapped<Value>(_ operation: String, _ body: () throws -> Value) -> Result<Value, any Error> {
        do {
            return .success(try body())
        } catch let error as DatabaseError {
            return .failure(error.persistenceError(transaction: operation))
        } catch {
            return .failure(error)
        }
    }

    public func close() async {
        let (pool, briefReaders) = (pool, briefReaders)
        do {
            try await Self.onQueue {
                try briefReaders.close()
                // The pool closes its writer before its readers, which may not do this: so that the file alone is the
                // whole database, for whoever copies it, it is done here. A reader in another process hinders it.
                _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
                try pool.close()
            }
        } catch {
            // Nothing is lost by it: what is committed is in the log, and the pool closes with its last reference.
        }
    }
}
