/// Constants among which a value is looked for.
struct ConstantSet: Sendable {
    /// So few texts are compared one after the other.
    private static let compared = 32

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

    func contains(_ value: CELValue) -> Bool {
        if case .string(let text) = value { return contains(text: text) }
        return CELMapKey(value).map(keys.contains) ?? false
    }

    @inline(__always)
    func contains(text: CELString) -> Bool {
        if texts.isEmpty { return keys.contains(.string(text)) }
        var index = 0
        while index < texts.count {
            if texts[index] == text { return true }
            index += 1
        }
        return false
    }
}
