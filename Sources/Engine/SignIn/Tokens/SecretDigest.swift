import Crypto

/// What is kept of a secret so that it can be known again and not be used.
enum SecretDigest {
    /// Lower-case hex SHA-256.
    static func hex(of text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = SHA256.hash(data: Array(text.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A value that follows from a secret and a label, and says nothing about either.
    static func derive(_ label: String, from secret: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(label.utf8), using: SymmetricKey(data: secret))
        return Base64URL.encode(code)
    }
}
