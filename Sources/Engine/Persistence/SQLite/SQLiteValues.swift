import CSQLite
import GRDB

/// Values on their way into a statement and out of it, without a stop between: GRDB's own way makes several values of
/// each, and looks for the name of every parameter.
enum SQLiteValues {
    /// From now on the statement's values are those that ``bind(_:to:of:)`` puts into it.
    static func ready(_ statement: Statement) -> Statement {
        statement.setUncheckedArguments(StatementArguments())
        return statement
    }

    /// Throws, and nothing is to be run, where they are not as many as the statement has places.
    static func bind(_ values: [SQLValue], to statement: Statement, of sql: String) throws {
        let handle = statement.sqliteStatement
        let places = Int(sqlite3_bind_parameter_count(handle))
        guard values.count == places else {
            throw DatabaseError(
                resultCode: .SQLITE_MISUSE, message: "the statement has \(places) parameters, not \(values.count)")
        }
        // What this returns is how the last run ended, which was said then.
        sqlite3_reset(handle)
        for (offset, value) in values.enumerated() {
            try bind(value, to: handle, at: CInt(offset + 1), sql)
        }
    }

    private static func bind(
        _ value: SQLValue, to handle: OpaquePointer, at place: CInt, _ sql: String
    ) throws {
        let code =
            switch value {
            case .null: sqlite3_bind_null(handle, place)
            case .integer(let integer): sqlite3_bind_int64(handle, place, integer)
            case .blob(let bytes):
                bytes.withUnsafeBytes { tenure_sqlite_bind_blob(handle, place, $0.baseAddress, Int64($0.count)) }
            case .text(var text): try text.withUTF8 { try bind($0, to: handle, at: place, sql) }
            }
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private static func bind(
        _ text: UnsafeBufferPointer<UInt8>, to handle: OpaquePointer, at place: CInt, _ sql: String
    ) throws -> CInt {
        // PostgreSQL cannot hold it, and C code stops reading at it.
        guard !text.contains(0) else {
            throw PersistenceError(
                code: .constraint, operation: SQLiteSession.operation(sql), message: "text may not contain U+0000")
        }
        return tenure_sqlite_bind_text(handle, place, text.baseAddress, Int64(text.count))
    }

    /// Of the row that the statement stands at.
    static func row(of statement: Statement) throws -> [SQLValue] {
        let handle = statement.sqliteStatement
        return try (0..<sqlite3_column_count(handle)).map { column in
            switch sqlite3_column_type(handle, column) {
            case SQLITE_NULL: return .null
            case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
            case SQLITE_TEXT: return .text(String(decoding: bytes(handle, column), as: UTF8.self))
            case SQLITE_BLOB: return .blob(Array(bytes(handle, column)))
            default:
                throw PersistenceError(
                    code: .statement, operation: "read column \(column)",
                    message: "floating point numbers are not portable; cast to an integer")
            }
        }
    }

    /// Valid until the statement is stepped again.
    private static func bytes(_ handle: OpaquePointer, _ column: CInt) -> UnsafeRawBufferPointer {
        // In this order: the first call may move what the second counts.
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }
}
