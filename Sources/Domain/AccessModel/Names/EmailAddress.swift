/// An e-mail address: ASCII, written as it was given, compared in lower case.
///
/// It finds a person, it never keys one: access is bound to a ``PersonID``.
public struct EmailAddress: Sendable, Comparable, CustomStringConvertible {
    /// As it was given.
    public let text: String
    /// In lower case; what is compared.
    public let folded: String

    /// Nil unless `text` is `local@domain`, in printable ASCII, with a dot-separated domain, 254 bytes at most.
    public init?(_ text: some StringProtocol) {
        guard Self.isValid(Array(text.utf8)) else { return nil }
        self.text = String(text)
        folded = String(decoding: text.utf8.map { $0.isUppercaseLetter ? $0 + 32 : $0 }, as: UTF8.self)
    }

    public var description: String { text }

    /// The part after the `@`, in lower case.
    public var domain: Substring { folded[folded.index(after: folded.lastIndex(of: "@") ?? folded.startIndex)...] }

    public static func < (left: EmailAddress, right: EmailAddress) -> Bool { left.folded < right.folded }

    static func isValid(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")), at > 0, at <= 64 else {
            return false
        }
        return isLocalPart(bytes[..<at]) && isDomain(bytes[(at + 1)...])
    }

    private static func isLocalPart(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.first != UInt8(ascii: "."), bytes.last != UInt8(ascii: ".") else { return false }
        let marks = Array("!#$%&'*+-/=?^_`{|}~.".utf8)
        return bytes.allSatisfy { $0.isLetter || $0.isDigit || marks.contains($0) }
    }

    private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                !label.isEmpty && label.count <= 63 && label.first != UInt8(ascii: "-")
                    && label.last != UInt8(ascii: "-")
                    && label.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
            }
    }
}

extension EmailAddress: Hashable {
    public static func == (left: EmailAddress, right: EmailAddress) -> Bool { left.folded == right.folded }
    public func hash(into hasher: inout Hasher) { hasher.combine(folded) }
}
