/// What each function does, by its name and by how it is called.
enum Library {
    /// Nil when there is none that is called so with so many arguments; a member's target counts as one.
    static func function(_ name: String, isMember: Bool, arguments: Int) -> Implementation? {
        let table = isMember ? members : globals
        return table[name]?[arguments]
    }

    /// By name, then by the number of arguments.
    typealias Table = [String: [Int: Implementation]]

    private static let globals: Table = standard.merging(texts) { first, _ in first }

    private static let members: Table = memberTexts.merging(times) { first, second in
        first.merging(second) { first, _ in first }
    }

    private static let standard: Table = [
        "size": [1: .one(Conversion.size)],
        "type": [1: .one { (value, _) throws(CELError) in .type(value.typeName) }],
        "dyn": [1: .one { (value, _) throws(CELError) in value }],
        "bool": [1: .one { (value, _) throws(CELError) in try Conversion.bool(value) }],
        "int": [1: .one { (value, _) throws(CELError) in try Conversion.int(value) }],
        "uint": [1: .one { (value, _) throws(CELError) in try Conversion.uint(value) }],
        "double": [1: .one { (value, _) throws(CELError) in try Conversion.double(value) }],
        "bytes": [1: .one(Conversion.bytes)],
        "string": [1: .one(Conversion.string)],
        "timestamp": [1: .one { (value, _) throws(CELError) in try Conversion.timestamp(value) }],
        "duration": [1: .one { (value, _) throws(CELError) in try Conversion.duration(value) }],
    ]
}
