import Persistence

/// A database whose statements fail where a test says so, before they reach the one beneath.
public struct FaultyDatabase: Database {
    private let base: any Database
    private let fails: @Sendable (String) -> Bool

    /// `fails` is asked with the text of every statement.
    public init(_ base: any Database, fails: @escaping @Sendable (String) -> Bool) {
        self.base = base
        self.fails = fails
    }

    public var dialect: SQLDialect { base.dialect }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try await base.read { [fails] in try body(FaultySession(base: $0, fails: fails)) }
    }

    @discardableResult
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try await base.write { [fails] in try body(FaultySession(base: $0, fails: fails)) }
    }

    public func close() async { await base.close() }
}

private struct FaultySession: SQLSession {
    let base: any SQLSession
    let fails: (String) -> Bool

    private func check(_ sql: String) throws {
        guard fails(sql) else { return }
        throw PersistenceError(code: .storage, operation: "fault injection", message: "the disk is full")
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws -> Int {
        try check(sql)
        return try base.execute(sql, parameters)
    }

    func execute(_ sql: String, batch: [[SQLValue]]) throws -> [Int] {
        try check(sql)
        return try base.execute(sql, batch: batch)
    }

    func query(_ sql: String, _ parameters: [SQLValue]) throws -> [SQLRow] {
        try check(sql)
        return try base.query(sql, parameters)
    }

    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        try check(sql)
        try base.forEachRow(sql, parameters, body)
    }
}
