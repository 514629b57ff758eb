/// One entry as a search returned it.
///
/// A listing makes a hundred thousand of them: the bytes of all values stand in one array.
struct DirectoryEntry: Sendable {
    /// As the server writes it.
    let dn: String
    private var bytes: [UInt8] = []
    private var places: [Place] = []

    /// Where a value stands.
    private struct Place: Sendable {
        /// In lower case, options included: `member;range=0-1499`.
        let attribute: String
        let range: Range<Int>
    }

    init(dn: String) { self.dn = dn }

    /// The attribute descriptions that there are, in lower case, options included.
    var attributes: Set<String> { Set(places.lazy.map(\.attribute)) }

    func values(_ attribute: String) -> [[UInt8]] { ranges(of: attribute).map { Array(bytes[$0]) } }

    /// All values that are text.
    func texts(_ attribute: String) -> [String] { ranges(of: attribute).compactMap(text) }

    /// The first value that is text and not empty.
    func text(_ attribute: String) -> String? { ranges(of: attribute).lazy.compactMap(text).first { !$0.isEmpty } }

    /// Adds a value to an attribute, whose description is in lower case.
    mutating func append(_ value: some Collection<UInt8>, to attribute: String) {
        let start = bytes.count
        bytes.append(contentsOf: value)
        places.append(Place(attribute: attribute, range: start..<bytes.count))
    }

    /// Leaves out the values of an attribute, whose description is in lower case.
    mutating func removeValues(_ attribute: String) { places.removeAll { $0.attribute == attribute } }

    private func ranges(of attribute: String) -> [Range<Int>] {
        let attribute = attribute.lowercased()
        return places.compactMap { $0.attribute == attribute ? $0.range : nil }
    }

    private func text(_ range: Range<Int>) -> String? { String(validating: bytes[range], as: UTF8.self) }
}

/// The descriptions of attributes as servers write them, each turned to lower case once and not with every entry.
struct AttributeNames {
    private var known: [Known] = []

    private struct Known {
        let bytes: [UInt8]
        let name: String
    }

    /// Listings ask for a dozen; ranges of values have a name each.
    private static let limit = 64

    mutating func name(of bytes: UnsafeRawBufferPointer) -> String {
        if let known = known.first(where: { $0.bytes.elementsEqual(bytes) }) { return known.name }
        let name = String(decoding: bytes, as: UTF8.self).lowercased()
        if known.count == Self.limit { known.removeAll() }
        known.append(Known(bytes: Array(bytes), name: name))
        return name
    }
}
