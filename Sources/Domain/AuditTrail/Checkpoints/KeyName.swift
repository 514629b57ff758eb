import Crypto

/// The name of a key: not empty, without Unicode spaces, control characters and `+`. Compared as bytes.
struct KeyName: Hashable, Sendable {
    let text: String

    init?(_ bytes: some Collection<UInt8>) {
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 0x20 && scalar.value != 0x7F && scalar != "+" && !scalar.properties.isWhitespace
        }
        guard isPlain else { return nil }
        self.text = text
    }

    init?(_ text: String) { self.init(text.utf8) }

    static func == (left: KeyName, right: KeyName) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
    func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }

    func isSame(as other: String) -> Bool { text.utf8.elementsEqual(other.utf8) }

    /// The type byte of Ed25519 in notes and in the texts of keys.
    static let ed25519: UInt8 = 1

    /// SHA-256(name || 0x0A || 0x01 || public key)[:4].
    func keyID(publicKey: [UInt8]) -> UInt32 {
        let digest = SHA256.hash(data: Array(text.utf8) + [lineFeed, Self.ed25519] + publicKey)
        return Self.integer(digest.prefix(4))
    }

    static func integer(_ bytes: some Sequence<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// Takes apart `NAME+HEX ID+BASE64(TYPE || KEY)`, whose base64 may hold `+` itself; nil for anything else.
    static func split(key text: some Collection<UInt8>) -> KeyParts? {
        let parts = text.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = KeyName(parts[0]), parts[1].count == 8,
            let id = Hexadecimal.decode(parts[1]), let key = Base64.decode(parts[2]), key.first == ed25519,
            key.count == 33
        else { return nil }
        return KeyParts(name: name, id: integer(id), key: Array(key.dropFirst()))
    }

    /// `NAME+HEX ID+BASE64(TYPE || KEY)`.
    func encode(id: UInt32, key: [UInt8]) -> String {
        "\(text)+\(Hexadecimal.encode(Self.bigEndian(id)))+\(Base64.encode([Self.ed25519] + key))"
    }
}

/// What stands in the text of a key.
struct KeyParts {
    let name: KeyName
    let id: UInt32
    let key: [UInt8]
}
