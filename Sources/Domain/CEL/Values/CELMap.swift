/// A map of CEL, in the order in which its entries were given.
///
/// A key is a bool, an int, a uint or a string. Numbers of the same value are the same key, whatever their type, so
/// `1`, `1u` and `1.0` find the same entry.
public struct CELMap: Sendable {
    public struct Entry: Sendable {
        public let key: CELValue
        public let value: CELValue

        public init(key: CELValue, value: CELValue) {
            self.key = key
            self.value = value
        }
    }

    private let storage: Storage

    /// Fails when a key is of another type or occurs twice.
    public init(_ entries: [Entry]) throws(CELError) {
        var keys: [CELMapKey] = []
        keys.reserveCapacity(entries.count)
        for entry in entries {
            guard let key = CELMapKey(entry.key), !entry.key.isDouble else {
                throw CELError(
                    .unsupportedKeyType,
                    "unsupported key type `\(entry.key.typeName)`: a key is a bool, int, uint or string")
            }
            keys.append(key)
        }
        storage = Storage(keys: keys, entries: entries)
        if let repeated = storage.repeated {
            throw CELError(.duplicateKey, "duplicate key \(entries[repeated].key.briefly) in a map")
        }
    }

    public var entries: [Entry] { storage.entries }
    public var count: Int { storage.entries.count }

    /// The value of `key`; nil when there is none, or when `key` can be no key.
    public subscript(key: CELValue) -> CELValue? {
        guard let key = CELMapKey(key), let index = storage.find(key) else { return nil }
        return storage.entries[index].value
    }

    /// The value of the string key `name`.
    public subscript(name: CELString) -> CELValue? {
        storage.find(.string(name)).map { storage.entries[$0].value }
    }
}

extension CELMap {
    /// Scanned while small, indexed beyond.
    private final class Storage: Sendable {
        static let scanned = 8

        let keys: [CELMapKey]
        let entries: [Entry]
        let positions: [CELMapKey: Int]
        /// The first entry whose key stood before.
        let repeated: Int?

        init(keys: [CELMapKey], entries: [Entry]) {
            self.keys = keys
            self.entries = entries
            guard keys.count > Self.scanned else {
                positions = [:]
                repeated = keys.indices.first { index in keys[..<index].contains(keys[index]) }
                return
            }
            var positions: [CELMapKey: Int] = [:]
            positions.reserveCapacity(keys.count)
            var repeated: Int?
            for (index, key) in keys.enumerated() where positions.updateValue(index, forKey: key) != nil {
                repeated = repeated ?? index
            }
            self.positions = positions
            self.repeated = repeated
        }

        func find(_ key: CELMapKey) -> Int? {
            keys.count > Self.scanned ? positions[key] : keys.firstIndex(of: key)
        }
    }
}

/// A key by which entries are found: numbers of one value are one key.
enum CELMapKey: Sendable, Hashable {
    case bool(Bool)
    case integer(Int64)
    /// Beyond the range of int.
    case large(UInt64)
    case string(CELString)

    init?(_ value: CELValue) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .integer(value)
        case .uint(let value): self = Int64(exactly: value).map { .integer($0) } ?? .large(value)
        case .string(let value): self = .string(value)
        case .double(let value):
            if let whole = Int64(exactly: value) {
                self = .integer(whole)
            } else if let whole = UInt64(exactly: value) {
                self = .large(whole)
            } else {
                return nil
            }
        default: return nil
        }
    }
}

extension CELMap {
    /// A map without entries.
    public init() { storage = Storage(keys: [], entries: []) }
}
