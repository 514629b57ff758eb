import AccessModel

/// What no text of a client may hold, whatever it is for.
enum TextRule {
    /// What is wrong with a text; nil where nothing is.
    static func fault(in text: String, of definition: AttributeDefinition) -> String? {
        guard text.utf8.count <= definition.maximumLength else {
            return "\(text.utf8.count) bytes are too many; \(definition.maximumLength) are taken"
        }
        for scalar in text.unicodeScalars where deceives(scalar, allowsLines: definition.allowsLines) {
            return "U+\(hex(scalar.value)) is not taken: it is no text, or would deceive who reads it"
        }
        return nil
    }

    /// Controls, line and paragraph separators, the byte order mark, marks that turn the direction of text, and what is no
    /// character at all.
    private static func deceives(_ scalar: Unicode.Scalar, allowsLines: Bool) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: !allowsLines
        case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFDD0...0xFDEF, 0xFFF9...0xFFFB: true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    /// A text of the client's within a message: short, on one line.
    static func quoted(_ text: String) -> String {
        let short = String(String.UnicodeScalarView(text.unicodeScalars.prefix(80)))
        let safe = short.unicodeScalars.map { scalar in
            deceives(scalar, allowsLines: false) ? "\\u{\(hex(scalar.value))}" : String(scalar)
        }.joined()
        return "`\(safe)\(short.unicodeScalars.count < text.unicodeScalars.count ? "..." : "")`"
    }

    /// RFC 4648, section 4, in its one form: no space, padded, without bits left over.
    static func isBase64(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count % 4 == 0, !bytes.isEmpty else { return false }
        let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return false }
        let digits = bytes.dropLast(padding)
        let values = digits.compactMap(value)
        guard values.count == digits.count, let last = values.last else { return false }
        return padding == 0 || last & (padding == 1 ? 0b11 : 0b1111) == 0
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case _ where digit.isUppercaseLetter: digit - UInt8(ascii: "A")
        case _ where digit.isLowercaseLetter: digit - UInt8(ascii: "a") + 26
        case _ where digit.isDigit: digit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
