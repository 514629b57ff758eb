import StrictJSON

/// An issuer's keys (RFC 7517). Those that cannot be used are kept apart with the reason; they make the others no worse.
public struct KeySet: Sendable {
    /// A key that is passed over.
    public struct Skipped: Hashable, Sendable {
        /// Its place in the set, from 0.
        public let index: Int
        public let id: String?
        public let reason: String
    }

    /// In their order.
    public let keys: [JSONWebKey]
    public let skipped: [Skipped]

    /// Bytes and keys that a set may have.
    public static let maximumSize = 1 << 18
    static let maximumCount = 100

    public init(_ keys: [JSONWebKey] = []) {
        self.keys = keys
        skipped = []
    }

    /// Reads a set, or, where `takesOne` says so, a key alone. Two keys of one name are both passed over: the name would
    /// not say which is meant.
    ///
    /// - Parameters:
    ///   - takesPrivate: Whether keys may stand there with their private halves.
    /// - Throws: `provider` for what is no set: too large, no JSON, a member twice, no list of keys.
    public init(
        parsing bytes: [UInt8], takesPrivate: Bool = false, takesOne: Bool = false
    ) throws(SignInError) {
        guard bytes.count <= Self.maximumSize else { throw Self.refusal("it has more than \(Self.maximumSize) bytes") }
        let json: JSONValue
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            throw Self.refusal("it is not JSON: \(error)")
        }
        let isOne = takesOne && json["keys"] == .none && json["kty"] != .none
        guard let list = isOne ? [json] : json["keys"]?.array else { throw Self.refusal("it has no list `keys`") }
        guard list.count <= Self.maximumCount else { throw Self.refusal("it has more than \(Self.maximumCount) keys") }
        self.init(list, takesPrivate: takesPrivate)
    }

    private init(_ list: [JSONValue], takesPrivate: Bool) {
        var count: [[UInt8]: Int] = [:]
        for id in list.compactMap({ $0["kid"]?.string }) { count[Array(id.utf8), default: 0] += 1 }
        var keys: [JSONWebKey] = []
        var skipped: [Skipped] = []
        for (index, json) in list.enumerated() {
            let id = json["kid"]?.string
            if let id, count[Array(id.utf8), default: 0] > 1 {
                skipped.append(Skipped(index: index, id: id, reason: "another key of the set has the same `kid`"))
                continue
            }
            do {
                keys.append(try JSONWebKey(json, takesPrivate: takesPrivate))
            } catch {
                skipped.append(Skipped(index: index, id: id, reason: error.reason))
            }
        }
        self.keys = keys
        self.skipped = skipped
    }

    /// Whether a key that can be used has the name, compared as bytes.
    public func holds(_ id: String) -> Bool { keys.contains { $0.id.map { $0.utf8.elementsEqual(id.utf8) } ?? false } }

    private static func refusal(_ message: String) -> SignInError {
        SignInError(code: .provider, operation: "read a key set", message: message)
    }
}
