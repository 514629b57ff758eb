/// A row of a record type. It never changes.
public final class CELRecord: Sendable {
    public let type: CELRecordType
    /// One for each field of the type, nil where the field is not set.
    public let values: [CELValue?]

    /// Missing values are not set, those too many are dropped.
    public init(_ type: CELRecordType, _ values: [CELValue?]) {
        self.type = type
        let count = type.fields.count
        self.values =
            values.count == count
            ? values : Array(values.prefix(count)) + Array(repeating: nil, count: max(0, count - values.count))
    }

    public subscript(name: String) -> CELValue? { type.number(of: name).flatMap { values[$0] } }
}

extension CELRecord: Equatable {
    public static func == (left: CELRecord, right: CELRecord) -> Bool {
        left === right || (left.type == right.type && left.values == right.values)
    }
}
