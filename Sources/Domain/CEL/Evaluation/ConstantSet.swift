/// Constants among which a value is looked for.
struct ConstantSet: Sendable {
    /// So few texts are compared one after the other.
    private static let compared = 8

    private let texts: [CELString]
    private let keys: Set<CELMapKey>

    /// Nil when a value is none that can be a key: then each has to be compared.
    init?(_ values: [CELValue]) {
        var keys: Set<CELMapKey> = []
        var texts: [CELString] = []
        for value in values {
            guard let key = CELMapKey(value) else { return nil }
            if keys.insert(key).inserted, case .string(let text) = value { texts.append(text) }
        }
        self.texts = texts.count == keys.count && texts.count <= Self.compared ? texts : []
        self.keys = self.texts.isEmpty ? keys : []
    }

    @inline(__always)
    func contains(_ value: CELValue) -> Bool {
        if texts.isEmpty {
            return CELMapKey(value).map(keys.contains) ?? false
        }
        guard case .string(let value) = value else { return false }
        for text in texts where text == value { return true }
        return false
    }
}
