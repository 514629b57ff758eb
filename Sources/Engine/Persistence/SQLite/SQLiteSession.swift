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

    /// A statement of one row is parsed in no time and has nowhere to travel.
    var rowsAtOnce: Int { 1 }

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

    func queryOnce(_ sql: String, _ parameters: [SQLValue]) throws -> [SQLRow] {
        try attempt(sql) {
            let text = SQLiteParameters.numbered(sql, isKept: false)
            let statement = SQLiteValues.ready(try connection.makeStatement(sql: text))
            try SQLiteValues.bind(parameters, to: statement, of: sql)
            let cursor = try Row.fetchCursor(statement)
            var rows: [SQLRow] = []
            while try cursor.next() != nil { rows.append(SQLRow(try SQLiteValues.row(of: statement))) }
            return rows
        }
    }

    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        try attempt(sql) {
            try withStatement(sql, parameters) { statement in
                let cursor = try Row.fetchCursor(statement)
                while try cursor.next() != nil { try body(SQLRow(try SQLiteValues.row(of: statement))) }
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
        try SQLiteValues.bind(parameters, to: statement, of: sql)
        busyStatements.insert(ObjectIdentifier(statement))
        defer { busyStatements.remove(ObjectIdentifier(statement)) }
        return try body(statement)
    }

    private func statement(_ sql: String) throws -> Statement {
        if let statement = statements[sql] {
            // A statement that is being stepped through is not to be reset by a query within its loop.
            guard busyStatements.contains(ObjectIdentifier(statement)) else { return statement }
            return SQLiteValues.ready(try connection.makeStatement(sql: SQLiteParameters.numbered(sql)))
        }
        let statement = SQLiteValues.ready(try connection.cachedStatement(sql: SQLiteParameters.numbered(sql)))
        statements[sql] = statement
        return statement
    }

    /// The statement's beginning. Values never are in it: they are parameters.
    static func operation(_ sql: String) -> String {
        sql.prefix(60).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
