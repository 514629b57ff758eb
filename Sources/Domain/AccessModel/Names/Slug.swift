/// A name of the organisation's own making: a tenant, a tier, a sector, a region, a target.
///
/// Grammar `[a-z]([a-z0-9-]{0,61}[a-z0-9])?`, checked on bytes, so no two slugs that look alike are equal by
/// Unicode's rules and unequal by a database's.
public struct Slug: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String

    /// Nil when `text` is outside the grammar.
    public init?(_ text: some StringProtocol) {
        guard Self.isValid(text.utf8) else { return nil }
        self.text = String(text)
    }

    public var description: String { text }

    public static func < (left: Slug, right: Slug) -> Bool { left.text < right.text }

    public static func isValid(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first, first.isLowercaseLetter, bytes.count <= 63 else { return false }
        var last = first
        for byte in bytes {
            guard byte.isLowercaseLetter || byte.isDigit || byte == UInt8(ascii: "-") else { return false }
            last = byte
        }
        return last != UInt8(ascii: "-")
    }
}

extension UInt8 {
    public var isLowercaseLetter: Bool { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") }
    public var isUppercaseLetter: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }
    public var isLetter: Bool { isLowercaseLetter || isUppercaseLetter }
    public var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
