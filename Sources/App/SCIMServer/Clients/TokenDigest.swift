import AccessModel
import Crypto

/// What is kept of a bearer token: the SHA-256 of it. The token has 256 random bits, so nobody finds it by trying.
struct TokenDigest: Hashable, Sendable {
    /// In front of every token, so that who finds one in a file knows what it is.
    static let marker = "tenure_scim_"

    let bytes: [UInt8]

    init(token: String) { bytes = Array(SHA256.hash(data: Array(token.utf8))) }

    /// Nil unless it is 64 lower-case hexadecimal digits.
    init?(hex: String) {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in hex.utf8 {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard high == nil, bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    var hex: String {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether two are one, in a time that does not tell how far they agree.
    func agrees(with other: TokenDigest) -> Bool { Self.agree(bytes, other.bytes) }

    static func agree(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// A token of 32 random bytes.
    static func token(_ random: [UInt8]) -> String { marker + URLSafeText.encode(random) }
}

/// Bytes as letters, digits, `-` and `_`: base64url of RFC 4648, section 5, without padding.
enum URLSafeText {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var (buffer, count) = (UInt32(0), 0)
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(digits[Int(buffer >> UInt32(count) & 63)])
            }
        }
        if count > 0 { text.append(digits[Int(buffer << UInt32(6 - count) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for anything that ``encode(_:)`` does not write.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (buffer, count) = (UInt32(0), 0)
        for digit in text.utf8 {
            guard let value = digits.firstIndex(of: digit) else { return nil }
            buffer = buffer << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(count)))
            }
        }
        return encode(bytes).utf8.elementsEqual(text.utf8) ? bytes : nil
    }
}
