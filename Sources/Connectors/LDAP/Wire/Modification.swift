/// One step of changing an entry; all steps of one request hold, or none.
struct Modification: Hashable, Sendable {
    enum Kind: Int32, Sendable {
        case add = 0
        case delete = 1
        case replace = 2
    }

    let kind: Kind
    let attribute: String
    /// Replacing by none, or deleting none in particular, takes the attribute away.
    let values: [[UInt8]]

    init(_ kind: Kind, _ attribute: String, bytes values: [[UInt8]]) {
        self.kind = kind
        self.attribute = attribute
        self.values = values
    }

    init(_ kind: Kind, _ attribute: String, _ values: [String]) {
        self.init(kind, attribute, bytes: values.map { Array($0.utf8) })
    }

    /// Makes the attribute hold this alone; nil or empty takes it away.
    static func set(_ attribute: String, _ value: String?) -> Modification {
        Modification(.replace, attribute, value.map { $0.isEmpty ? [] : [$0] } ?? [])
    }
}
