/// The type of a record: a name and fields in a fixed order, so that a field is found by its number.
public final class CELRecordType: Sendable {
    public struct Field: Sendable {
        public let name: String
        public let type: CELType

        public init(_ name: String, _ type: CELType) {
            self.name = name
            self.type = type
        }
    }

    public let name: String
    public let fields: [Field]
    private let numbers: [CELString: Int]

    /// Of fields that bear one name the first counts.
    public init(name: String, fields: [Field]) {
        self.name = name
        self.fields = fields
        numbers = Dictionary(
            fields.enumerated().map { (CELString($1.name), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The number of the field `name`, counted from 0.
    public func number(of name: String) -> Int? { numbers[CELString(name)] }
}

extension CELRecordType: Equatable {
    public static func == (left: CELRecordType, right: CELRecordType) -> Bool { left === right }
}
