/// A value of CEL.
public enum CELValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(CELString)
    case bytes([UInt8])
    case list([CELValue])
    case map(CELMap)
    case timestamp(CELTimestamp)
    case duration(CELDuration)
    case type(CELTypeName)
    case record(CELRecord)

    public static func string(_ text: String) -> CELValue { .string(CELString(text)) }
}

extension CELValue {
    /// What `type(x)` gives for it.
    public var typeName: CELTypeName {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list
        case .map: .map
        case .timestamp: .timestamp
        case .duration: .duration
        case .type: .type
        case .record(let record): CELTypeName(record.type.name)
        }
    }

    var isDouble: Bool { if case .double = self { true } else { false } }

    /// The value in a message: short, in backticks.
    var briefly: String {
        switch self {
        case .null: "`null`"
        case .bool(let value): "`\(value)`"
        case .int(let value): "`\(value)`"
        case .uint(let value): "`\(value)u`"
        case .double(let value): "`\(value)`"
        case .string(let value): value.utf8.count <= 80 ? "`\(value.text)`" : "`\(value.text.prefix(60))…`"
        default: "of type `\(typeName)`"
        }
    }
}

/// Equality as CEL has it: numbers by value across their types, anything else of different types is unequal, and not
/// a number is unequal to itself.
extension CELValue: Equatable {
    public static func == (left: CELValue, right: CELValue) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        case (.bytes(let left), .bytes(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        case (.map(let left), .map(let right)): left == right
        case (.timestamp(let left), .timestamp(let right)): left == right
        case (.duration(let left), .duration(let right)): left == right
        case (.type(let left), .type(let right)): left == right
        case (.record(let left), .record(let right)): left == right
        default: CELNumber(left).flatMap { left in CELNumber(right).map { left.equals($0) } } ?? false
        }
    }
}

extension CELMap: Equatable {
    public static func == (left: CELMap, right: CELMap) -> Bool {
        guard left.count == right.count else { return false }
        return left.entries.allSatisfy { entry in right[entry.key].map { $0 == entry.value } ?? false }
    }
}

extension CELValue: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .string(CELString(value)) }
}
