/// What no text from outside may hold, whatever it is for.
enum TextGrammar {
    /// Nil when the bytes are UTF-8 of a fair length and hold no character that would deceive a reader or a log.
    static func fault(
        in bytes: UnsafeBufferPointer<UInt8>, maximumLength: Int = PersonField.maximumLength
    ) -> FieldFault? {
        guard bytes.count <= maximumLength else {
            return FieldFault(
                code: "too-long", message: "\(bytes.count) bytes are too many; at most \(maximumLength) are taken")
        }
        var isASCII = true
        for byte in bytes {
            if byte < 0x20 || byte == 0x7F { return control(UInt32(byte)) }
            if byte >= 0x80 { isASCII = false }
        }
        return isASCII ? nil : unicodeFault(in: bytes)
    }

    static func fault(in text: String, maximumLength: Int = PersonField.maximumLength) -> FieldFault? {
        var text = text
        return text.withUTF8 { fault(in: $0, maximumLength: maximumLength) }
    }

    private static func unicodeFault(in bytes: UnsafeBufferPointer<UInt8>) -> FieldFault? {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return FieldFault(code: "not-utf8", message: "it is not UTF-8; export the feed as UTF-8")
        }
        return text.unicodeScalars.first(where: deceives).map { control($0.value) }
    }

    /// C1 controls, line and paragraph separators, the byte order mark, and marks that turn the direction of text.
    private static func deceives(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x80...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    private static func control(_ value: UInt32) -> FieldFault {
        let digits = String(value, radix: 16, uppercase: true)
        let name = "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
        return FieldFault(
            code: "control-character", message: "control characters are not taken, and here is \(name); remove it")
    }
}
