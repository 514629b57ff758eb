import Foundation
import GRDB

/// A transaction on one connection. After a statement has failed it takes no other and cannot be committed, which is
/// how PostgreSQL has it too.
final class SQLiteSession: SQLSession {
    let scope: TransactionScope
    private let connection: GRDB.Database
    /// By the text as the caller wrote it.
    private var statements: [String: Statement] = [:]
    private var busyStatements: Set<ObjectIdentifier> = []
    private var failure: PersistenceError?
    private var isOver = false

    private init(_ connection: GRDB.Database, _ scope: TransactionScope) {
        self.connection = connection
        self.scope = scope
    }

    static func run<Value>(
        on connection: GRDB.Database, scope: TransactionScope = TransactionScope(),
        _ body: (any SQLSession) throws -> Value
    ) throws -> Value {
        let session = SQLiteSession(connection, scope)
        defer { session.isOver = true }
        let value = try body(session)
        if let failure = session.failure { throw failure }
        return value
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws -> Int {
        try attempt(sql) {
            try withStatement(sql, parameters) { statement in
                let before = connection.totalChangesCount
                try statement.execute()
                return connection.totalChangesCount - before
            }
        }
    }

    func query(_ sql: String, _ parameters: [SQLValue]) throws -> [SQLRow] {
        var rows: [SQLRow] = []
        try forEachRow(sql, parameters) { rows.append($0) }
        return rows
    }

    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        try attempt(sql) {
            try withStatement(sql, parameters) { statement in
                let cursor = try Row.fetchCursor(statement)
                while let row = try cursor.next() { try body(try Self.values(of: row)) }
            }
        }
    }

    private func attempt<Value>(_ sql: String, _ body: () throws -> Value) throws -> Value {
        if let failure { throw failure }
        guard !isOver else {
            throw PersistenceError(
                code: .statement, operation: Self.operation(sql), message: "the transaction is over")
        }
        do {
            return try body()
        } catch let error as DatabaseError {
            let failure = error.persistenceError(Self.operation(sql))
            self.failure = failure
            throw failure
        }
    }

    private func withStatement<Value>(
        _ sql: String, _ parameters: [SQLValue], _ body: (Statement) throws -> Value
    ) throws -> Value {
        let statement = try statement(sql)
        try statement.setArguments(StatementArguments(parameters.map { try Self.databaseValue($0, in: sql) }))
        busyStatements.insert(ObjectIdentifier(statement))
        defer { busyStatements.remove(ObjectIdentifier(statement)) }
        return try body(statement)
    }

    private func statement(_ sql: String) throws -> Statement {
        if let statement = statements[sql] {
            // A statement that is being stepped through is not to be reset by a query within its loop.
            guard busyStatements.contains(ObjectIdentifier(statement)) else { return statement }
            return try connection.makeStatement(sql: SQLiteParameters.numbered(sql))
        }
        let statement = try connection.cachedStatement(sql: SQLiteParameters.numbered(sql))
        statements[sql] = statement
        return statement
    }

    private static func databaseValue(_ value: SQLValue, in sql: String) throws -> DatabaseValue {
        switch value {
        case .null: return .null
        case .integer(let value): return value.databaseValue
        case .blob(let bytes): return Data(bytes).databaseValue
        case .text(let text):
            // PostgreSQL cannot hold it, and C code stops reading at it.
            guard !text.utf8.contains(0) else {
                throw PersistenceError(
                    code: .constraint, operation: operation(sql), message: "text may not contain U+0000")
            }
            return text.databaseValue
        }
    }

    private static func values(of row: Row) throws -> SQLRow {
        SQLRow(
            try (0..<row.count).map { index in
                let value: DatabaseValue = row[index]
                switch value.storage {
                case .null: return .null
                case .int64(let value): return .integer(value)
                case .string(let text): return .text(text)
                case .blob(let data): return .blob([UInt8](data))
                case .double:
                    throw PersistenceError(
                        code: .statement, operation: "read column \(index)",
                        message: "floating point numbers are not portable; cast to an integer")
                }
            })
    }

    /// The statement's beginning. Values never are in it: they are parameters.
    private static func operation(_ sql: String) -> String {
        sql.prefix(60).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
