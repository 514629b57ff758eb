/// The type of a value, as `type(x)` gives it: without the parameters of lists and maps.
public struct CELTypeName: Sendable, Hashable {
    public let name: String

    public init(_ name: String) { self.name = name }

    public static let null = CELTypeName("null_type")
    public static let bool = CELTypeName("bool")
    public static let int = CELTypeName("int")
    public static let uint = CELTypeName("uint")
    public static let double = CELTypeName("double")
    public static let string = CELTypeName("string")
    public static let bytes = CELTypeName("bytes")
    public static let list = CELTypeName("list")
    public static let map = CELTypeName("map")
    public static let type = CELTypeName("type")
    public static let timestamp = CELTypeName("google.protobuf.Timestamp")
    public static let duration = CELTypeName("google.protobuf.Duration")

    /// The types that an expression can name.
    static let all: [String: CELTypeName] = Dictionary(
        uniqueKeysWithValues: [
            null, bool, int, uint, double, string, bytes, list, map, type, timestamp, duration,
        ].map { ($0.name, $0) })
}

extension CELTypeName: CustomStringConvertible {
    public var description: String { name }
}
