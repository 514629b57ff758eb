import CPostgreSQL

/// The statements that a connection has prepared, by the text as the caller wrote it.
struct StatementCache {
    struct Statement {
        let name: String
        /// As the server found them; empty until it was asked.
        var types: [Oid]
    }

    /// More texts than the program has. A statement that is pushed out is prepared again when it comes.
    static let limit = 512

    private var statements: [String: Statement] = [:]
    private var order: [String] = []
    private var count = 0

    subscript(sql: String) -> Statement? { statements[sql] }

    /// A name that no statement has.
    mutating func newName() -> String {
        count += 1
        return "s\(count)"
    }

    /// Keeps a statement; returns the names of those that must go, one that was pushed out or replaced.
    mutating func keep(_ statement: Statement, for sql: String) -> [String] {
        var gone: [String] = []
        if let old = statements.updateValue(statement, forKey: sql) {
            gone.append(old.name)
        } else {
            order.append(sql)
        }
        while order.count > Self.limit {
            if let old = statements.removeValue(forKey: order.removeFirst()) { gone.append(old.name) }
        }
        return gone
    }
}
