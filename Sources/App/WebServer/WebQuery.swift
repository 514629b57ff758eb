/// What stands behind the `?`, decoded, in its order.
public struct WebQuery: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public let items: [Item]

    public init(_ items: [Item] = []) { self.items = items }

    /// `a=b&c=d`, `+` for a space; refuses what is not percent-encoded UTF-8.
    init(encoded text: some StringProtocol) throws(Problem) {
        var items: [Item] = []
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try PercentCoding.decode(parts[0], plusIsSpace: true)
            let value = parts.count == 2 ? try PercentCoding.decode(parts[1], plusIsSpace: true) : ""
            items.append(Item(name, value))
        }
        self.items = items
    }

    /// The value of a name that may stand once.
    public func value(_ name: String) throws(Problem) -> String? {
        let values = items.filter { $0.name == name }
        guard values.count < 2 else { throw .invalid("`\(name)` stands twice in the query", at: name) }
        return values.first?.value
    }

    /// A flag: absent or `false`, `true` or nothing behind its name.
    public func flag(_ name: String) throws(Problem) -> Bool {
        switch try value(name) {
        case nil, "false": return false
        case "true", "": return true
        case let other?: throw .invalid("`\(name)` is `\(other)`, neither true nor false", at: name)
        }
    }

    /// Refuses names that nobody asked for: a misspelt filter must not be read as none.
    public func allow(_ names: Set<String>) throws(Problem) {
        guard let other = items.first(where: { !names.contains($0.name) }) else { return }
        let known = names.isEmpty ? "it takes none" : "it takes \(names.sorted().joined(separator: ", "))"
        throw .invalid("`\(other.name)` is unknown in the query; \(known)", at: other.name)
    }
}

enum PercentCoding {
    /// Refuses broken escapes, and bytes that are no UTF-8.
    static func decode(_ bytes: some Sequence<UInt8>, plusIsSpace: Bool) throws(Problem) -> String {
        var decoded: [UInt8] = []
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(nibble), let low = iterator.next().flatMap(nibble) else {
                    throw Problem(.badRequest, "invalid-url", "an escape in the address is broken")
                }
                decoded.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: decoded.append(UInt8(ascii: " "))
            default: decoded.append(byte)
            }
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw Problem(.badRequest, "invalid-url", "the address is not UTF-8")
        }
        return text
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
