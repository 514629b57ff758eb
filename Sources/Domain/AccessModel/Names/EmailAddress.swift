/// An e-mail address: ASCII, written as it was given, compared in lower case.
///
/// It finds a person, it never keys one: access is bound to a ``PersonID``.
public struct EmailAddress: Sendable, Comparable, CustomStringConvertible {
    /// As it was given.
    public let text: String
    /// Whether that is in lower case already, as nearly all are: then the address is one string and not two.
    private let isLowercase: Bool

    /// In lower case; what is compared.
    public var folded: String {
        isLowercase ? text : String(decoding: text.utf8.map { $0.isUppercaseLetter ? $0 + 32 : $0 }, as: UTF8.self)
    }

    /// Nil unless `text` is `local@domain`, in printable ASCII, with a dot-separated domain, 254 bytes at most.
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        let isLowercase: Bool? = text.withUTF8 { bytes in
            Self.isValid(bytes) ? !bytes.contains(where: \.isUppercaseLetter) : nil
        }
        guard let isLowercase else { return nil }
        self.text = text
        self.isLowercase = isLowercase
    }

    /// The same of the bytes of a text.
    public init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard Self.isValid(bytes) else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
        isLowercase = !bytes.contains(where: \.isUppercaseLetter)
    }

    public var description: String { text }

    /// The part after the `@`, in lower case.
    public var domain: Substring {
        let folded = folded
        let at = folded.utf8.lastIndex(of: UInt8(ascii: "@"))
        return folded[(at.map { folded.utf8.index(after: $0) } ?? folded.startIndex)...]
    }

    /// Whether something stands before `suffix`, a text in lower case such as `@mountainlab.io`.
    public func ends(in suffix: [UInt8]) -> Bool {
        var folded = folded
        return folded.withUTF8 { bytes in
            bytes.count > suffix.count && bytes.suffix(suffix.count).elementsEqual(suffix)
        }
    }

    public static func < (left: EmailAddress, right: EmailAddress) -> Bool { left.folded < right.folded }

    // Without an array: large organisations list hundreds of thousands of addresses.
    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")), at > 0, at <= 64 else {
            return false
        }
        return isLocalPart(bytes[..<at]) && isDomain(bytes[(at + 1)...])
    }

    private static func isLocalPart(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard bytes.first != UInt8(ascii: "."), bytes.last != UInt8(ascii: ".") else { return false }
        return bytes.allSatisfy { $0.isLetter || $0.isDigit || isMark($0) }
    }

    /// One of ``!#$%&'*+-/=?^_`{|}~.``.
    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D...0x2F, 0x3D, 0x3F, 0x5E...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    private static func isDomain(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var labels = 0
        var length = 0
        var last = UInt8(ascii: ".")
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard length > 0, last != UInt8(ascii: "-") else { return false }
                length = 0
            } else {
                let isHyphen = byte == UInt8(ascii: "-")
                guard byte.isLetter || byte.isDigit || (isHyphen && length > 0), length < 63 else { return false }
                labels += length == 0 ? 1 : 0
                length += 1
            }
            last = byte
        }
        return labels >= 2 && length > 0 && last != UInt8(ascii: "-")
    }
}

extension EmailAddress: Hashable {
    public static func == (left: EmailAddress, right: EmailAddress) -> Bool {
        if left.isLowercase, right.isLowercase { return left.text == right.text }
        return left.folded == right.folded
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(folded) }
}
