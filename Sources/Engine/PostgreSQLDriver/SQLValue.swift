/// A value that all dialects keep alike.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    public static func bool(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
}

/// A row of a result; columns by their place from 0.
public struct SQLRow: Hashable, Sendable {
    public let values: [SQLValue]

    public init(_ values: [SQLValue]) { self.values = values }
}
