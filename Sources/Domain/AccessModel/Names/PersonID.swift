/// The immutable id that HR gave a person, `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`. It is the key of everything that is
/// kept about a person; an e-mail address never is.
public struct PersonID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String

    /// Nil when `text` is outside the grammar.
    public init?(_ text: some StringProtocol) {
        guard Self.isValid(text.utf8) else { return nil }
        self.text = String(text)
    }

    public var description: String { text }

    public static func < (left: PersonID, right: PersonID) -> Bool { left.text < right.text }

    static func isValid(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first, first.isLetter || first.isDigit, bytes.count <= 64 else { return false }
        return bytes.allSatisfy { byte in
            byte.isLetter || byte.isDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
    }
}
