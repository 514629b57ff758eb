import PostgreSQLDriver

/// A transaction on one connection, or a part of one between savepoints. After a statement has failed it takes no
/// other.
final class PostgreSQLSession: SQLSession {
    let scope: TransactionScope
    private let connection: PostgreSQLConnection
    private(set) var failure: PersistenceError?
    /// Whether ``failure`` is over when the transaction is run again.
    private(set) var isConflict = false
    private var isOver = false
    private var cursors = 0

    private init(_ connection: PostgreSQLConnection, _ scope: TransactionScope) {
        self.connection = connection
        self.scope = scope
    }

    /// Runs `body`; throws the first failure of a statement, even when `body` has caught it.
    static func run<Value>(
        on connection: PostgreSQLConnection, scope: TransactionScope = TransactionScope(),
        _ body: (any SQLSession) throws -> Value
    ) throws -> Value {
        let session = PostgreSQLSession(connection, scope)
        defer { session.isOver = true }
        do {
            let value = try body(session)
            if let failure = session.failure { throw failure }
            return value
        } catch {
            if session.isConflict, let failure = session.failure { throw TransactionConflict(failure: failure) }
            throw error
        }
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws -> Int {
        try attempt(sql, [parameters]) { () throws(PostgreSQLFailure) in
            try connection.execute(sql, [parameters]).first?.changed ?? 0
        }
    }

    func execute(_ sql: String, batch: [[SQLValue]]) throws -> [Int] {
        try attempt(sql, batch) { () throws(PostgreSQLFailure) in
            try connection.execute(sql, batch).map(\.changed)
        }
    }

    func query(_ sql: String, _ parameters: [SQLValue]) throws -> [SQLRow] {
        try attempt(sql, [parameters]) { () throws(PostgreSQLFailure) in
            try connection.execute(sql, [parameters]).first?.rows ?? []
        }
    }

    func query(_ sql: String, batch: [[SQLValue]]) throws -> [[SQLRow]] {
        try attempt(sql, batch) { () throws(PostgreSQLFailure) in
            try connection.execute(sql, batch).map(\.rows)
        }
    }

    /// Through a cursor, so that other statements may run between the rows, and memory holds few of them.
    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        guard Self.takesCursor(sql) else { return try query(sql, parameters).forEach(body) }
        cursors += 1
        let name = "c\(cursors)"
        var size = 256
        var rows = try attempt(sql, [parameters]) { () throws(PostgreSQLFailure) in
            let commands =
                connection.ahead + [
                    .text("DECLARE \(name) NO SCROLL CURSOR FOR \(sql)", parameters), .text(Self.fetch(size, name), []),
                ]
            connection.ahead = []
            return try connection.run(commands).last?.rows ?? []
        }
        defer {
            // A cursor ends with its transaction, so where that failed there is none to close.
            if failure == nil { connection.ahead.append(.text("CLOSE \(name)", [])) }
        }
        while !rows.isEmpty {
            for row in rows { try body(row) }
            guard rows.count == size else { return }
            size = 2_048
            rows = try attempt(sql, []) { () throws(PostgreSQLFailure) in
                try connection.run(Self.fetch(size, name)).rows
            }
        }
    }

    /// Not what changes rows and returns them.
    private static func takesCursor(_ sql: String) -> Bool {
        let word = sql.drop(while: \.isWhitespace).prefix { $0.isLetter }.uppercased()
        return word == "SELECT" || word == "VALUES"
    }

    private static func fetch(_ count: Int, _ name: String) -> String { "FETCH FORWARD \(count) FROM \(name)" }

    private func attempt<Value>(
        _ sql: String, _ rows: [[SQLValue]], _ body: () throws(PostgreSQLFailure) -> Value
    ) throws -> Value {
        if let failure { throw failure }
        guard !isOver else {
            throw PersistenceError(
                code: .statement, operation: Self.operation(sql), message: "the transaction is over")
        }
        try Self.refuseZeroBytes(in: rows, of: sql)
        do throws(PostgreSQLFailure) {
            return try body()
        } catch {
            isConflict = error.isConflict
            let failure = error.persistenceError(Self.operation(sql))
            self.failure = failure
            throw failure
        }
    }

    private static func refuseZeroBytes(in rows: [[SQLValue]], of sql: String) throws {
        for row in rows {
            for case .text(let text) in row where text.utf8.contains(0) {
                throw PersistenceError(
                    code: .constraint, operation: operation(sql), message: "text may not contain U+0000")
            }
        }
    }

    /// The statement's beginning. Values never are in it: they are parameters.
    static func operation(_ sql: String) -> String {
        sql.prefix(60).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// The transaction has to be run again from its beginning: another session was in its way.
struct TransactionConflict: Error {
    let failure: PersistenceError
}
