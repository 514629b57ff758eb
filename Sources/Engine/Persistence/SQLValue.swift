import AccessModel
import PostgreSQLDriver

/// A value that both dialects keep alike.
public typealias SQLValue = PostgreSQLDriver.SQLValue

/// A row of a result; columns by their place from 0. A read of the wrong type is an error, never a guess.
public typealias SQLRow = PostgreSQLDriver.SQLRow

extension SQLValue {
    public static func int(_ value: Int) -> SQLValue { .integer(Int64(value)) }
    /// Milliseconds since 1970, so that both dialects order and compare it alike.
    public static func instant(_ value: Instant) -> SQLValue { .integer(value.milliseconds) }
    public static func optional(_ value: Instant?) -> SQLValue { value.map { .instant($0) } ?? .null }
    public static func optional(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
}

extension SQLRow {
    public func integer(_ column: Int) throws(PersistenceError) -> Int64 {
        guard let value = try optionalInteger(column) else { throw mismatch(column, "an integer") }
        return value
    }

    public func optionalInteger(_ column: Int) throws(PersistenceError) -> Int64? {
        switch try value(column) {
        case .integer(let value): value
        case .null: nil
        default: throw mismatch(column, "an integer")
        }
    }

    public func text(_ column: Int) throws(PersistenceError) -> String {
        guard let value = try optionalText(column) else { throw mismatch(column, "text") }
        return value
    }

    public func optionalText(_ column: Int) throws(PersistenceError) -> String? {
        switch try value(column) {
        case .text(let value): value
        case .null: nil
        default: throw mismatch(column, "text")
        }
    }

    public func blob(_ column: Int) throws(PersistenceError) -> [UInt8] {
        guard case .blob(let value) = try value(column) else { throw mismatch(column, "bytes") }
        return value
    }

    public func bool(_ column: Int) throws(PersistenceError) -> Bool { try integer(column) != 0 }

    public func instant(_ column: Int) throws(PersistenceError) -> Instant {
        Instant(milliseconds: try integer(column))
    }

    public func optionalInstant(_ column: Int) throws(PersistenceError) -> Instant? {
        try optionalInteger(column).map { Instant(milliseconds: $0) }
    }

    private func value(_ column: Int) throws(PersistenceError) -> SQLValue {
        guard values.indices.contains(column) else { throw mismatch(column, "a column") }
        return values[column]
    }

    private func mismatch(_ column: Int, _ expected: String) -> PersistenceError {
        PersistenceError(code: .corrupt, operation: "read column \(column)", message: "expected \(expected)")
    }
}
