/// A type as the checker knows it.
public indirect enum CELType: Sendable, Equatable {
    /// Any type; what is done with it is decided when it is evaluated.
    case dyn
    case null
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case timestamp
    case duration
    case list(CELType)
    case map(CELType, CELType)
    case record(CELRecordType)
    /// The type of a type: `type(int)` is what `int` denotes.
    case type(CELType)
    /// A type that is still open; only the checker makes it.
    case parameter(Int)
}

extension CELType: CustomStringConvertible {
    public var description: String {
        switch self {
        case .dyn: "dyn"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .record(let type): type.name
        case .type(let type): "type(\(type))"
        case .parameter: "dyn"
        }
    }
}
