/// The port to a database that keeps its word: what a ``write(_:)`` returned from is on disk.
///
/// Both drivers, SQLite (GRDB) and PostgreSQL (libpq), take the same SQL: portable, parameters `$1`, `$2`, ..., every
/// parameter used. The bodies are synchronous on purpose: a transaction cannot wait for the network.
public protocol Database: Sendable {
    var dialect: SQLDialect { get }

    /// Runs `body` on one consistent snapshot. Any number of reads go on at once, beside a write.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value

    /// The same for a few rows that are found by their keys. It may hold the caller's thread for that long, which costs less
    /// than to go to another and back; what reads more, or computes, is for ``read(_:)``.
    func readBriefly<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value

    /// Runs `body` in one serialisable transaction and commits it durably; one that throws is rolled back whole.
    /// Writes are one after another; those that are asked for at the same time may share a transaction, where each
    /// succeeds or fails by itself. `body` may be run again after a conflict between nodes, so it has no effect but
    /// on its session.
    @discardableResult
    func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value

    /// Lets go of all connections. Nothing may be called afterwards.
    func close() async
}

extension Database {
    public func readBriefly<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value { try await read(body) }
}

public enum SQLDialect: String, Sendable {
    case sqlite
    case postgresql
}

/// A transaction, for as long as its body runs. It must not leave the body.
public protocol SQLSession {
    /// What the transaction knows already.
    var scope: TransactionScope { get }

    /// How many rows one statement is best given. 256, unless the session says otherwise.
    var rowsAtOnce: Int { get }

    /// Runs a statement without a result and returns how many rows it changed.
    @discardableResult
    func execute(_ sql: String, _ parameters: [SQLValue]) throws -> Int

    /// Runs one statement without a result once for each of `batch`, in its order, and returns how many rows each
    /// changed. Where the database is far away it costs few round trips.
    @discardableResult
    func execute(_ sql: String, batch: [[SQLValue]]) throws -> [Int]

    /// Runs a query and returns all of its rows.
    func query(_ sql: String, _ parameters: [SQLValue]) throws -> [SQLRow]

    /// The same for a text that was made for one question: nothing of it is kept for the next time, because there is
    /// no end to such texts.
    func queryOnce(_ sql: String, _ parameters: [SQLValue]) throws -> [SQLRow]

    /// Runs one query once for each of `batch`, in its order, and returns the rows of each. Where the database is far
    /// away it costs few round trips.
    func query(_ sql: String, batch: [[SQLValue]]) throws -> [[SQLRow]]

    /// Runs a query and hands over row after row, for results that are too large to hold.
    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws
}

extension SQLSession {
    public var rowsAtOnce: Int { 256 }

    @discardableResult
    public func execute(_ sql: String) throws -> Int { try execute(sql, []) }

    @discardableResult
    public func execute(_ sql: String, batch: [[SQLValue]]) throws -> [Int] {
        try batch.map { try execute(sql, $0) }
    }

    public func query(_ sql: String, batch: [[SQLValue]]) throws -> [[SQLRow]] {
        try batch.map { try query(sql, $0) }
    }

    public func query(_ sql: String) throws -> [SQLRow] { try query(sql, []) }

    public func queryOnce(_ sql: String, _ parameters: [SQLValue]) throws -> [SQLRow] { try query(sql, parameters) }
}
