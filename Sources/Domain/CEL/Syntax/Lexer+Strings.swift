extension Lexer {
    /// A string or bytes literal; nil when what begins with `byte` is none.
    mutating func text(startingWith byte: UInt8) throws(CELProblem) -> Token.Kind? {
        var length = 0
        var isBytes = false
        var isRaw = false
        if byte | 0x20 == UInt8(ascii: "b") {
            isBytes = true
            length += 1
        }
        if let mark = peek(length), mark | 0x20 == UInt8(ascii: "r") {
            isRaw = true
            length += 1
        }
        guard let quote = peek(length), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        let start = offset
        offset += length
        let isTriple = peek(1) == quote && peek(2) == quote
        offset += isTriple ? 3 : 1
        let content = try body(
            StringForm(quote: quote, isTriple: isTriple, isRaw: isRaw, isBytes: isBytes), start: start)
        if isBytes { return .bytes(content) }
        guard let string = CELString(validating: content) else { throw problem("the string is not UTF-8", at: start) }
        return .string(string)
    }

    private struct StringForm {
        let quote: UInt8
        let isTriple: Bool
        let isRaw: Bool
        let isBytes: Bool
    }

    /// The bytes up to the closing quotes, which are passed.
    private mutating func body(_ form: StringForm, start: Int) throws(CELProblem) -> [UInt8] {
        var content: [UInt8] = []
        while let byte = current {
            if byte == form.quote, !form.isTriple || (peek(1) == byte && peek(2) == byte) {
                offset += form.isTriple ? 3 : 1
                return content
            }
            if byte == UInt8(ascii: "\\"), !form.isRaw {
                try escape(into: &content, isBytes: form.isBytes)
            } else {
                guard form.isTriple || (byte != 0x0D && byte != 0x0A) else {
                    throw problem("a string ends on the line on which it begins", at: start)
                }
                content.append(byte)
                offset += 1
            }
        }
        throw problem("the string has no closing quote", at: start)
    }

    private mutating func escape(into content: inout [UInt8], isBytes: Bool) throws(CELProblem) {
        let start = offset
        offset += 1
        guard let mark = current else { throw problem("the string ends in an escape", at: start) }
        offset += 1
        if let simple = Self.simpleEscapes[mark] {
            content.append(simple)
            return
        }
        switch mark {
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            append(try hexadecimal(2, start: start), to: &content, isBytes: isBytes)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            append(try octal(first: mark, start: start), to: &content, isBytes: isBytes)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            guard !isBytes else { throw problem("bytes have no escape `\\\(mark == 0x75 ? "u" : "U")`", at: start) }
            let scalar = try codePoint(digits: mark == UInt8(ascii: "u") ? 4 : 8, start: start)
            content.append(contentsOf: String(scalar).utf8)
        default: throw problem("unknown escape in a string", at: start)
        }
    }

    private static let simpleEscapes: [UInt8: UInt8] = [
        UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "?"): 0x3F, UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27,
        UInt8(ascii: "`"): 0x60, UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C,
        UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09, UInt8(ascii: "v"): 0x0B,
    ]

    /// A code point of a string, an octet of bytes.
    private func append(_ value: UInt32, to content: inout [UInt8], isBytes: Bool) {
        if isBytes {
            content.append(UInt8(truncatingIfNeeded: value))
        } else {
            content.append(contentsOf: String(Unicode.Scalar(UInt8(truncatingIfNeeded: value))).utf8)
        }
    }

    private mutating func hexadecimal(_ digits: Int, start: Int) throws(CELProblem) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = current?.hexadecimal else {
                throw problem("the escape wants \(digits) hexadecimal digits", at: start)
            }
            value = value << 4 | digit
            offset += 1
        }
        return value
    }

    private mutating func octal(first: UInt8, start: Int) throws(CELProblem) -> UInt32 {
        var value = UInt32(first - UInt8(ascii: "0"))
        for _ in 0..<2 {
            guard let digit = current, UInt8(ascii: "0")...UInt8(ascii: "7") ~= digit else {
                throw problem("the escape wants three octal digits, `\\377` at most", at: start)
            }
            value = value << 3 | UInt32(digit - UInt8(ascii: "0"))
            offset += 1
        }
        return value
    }

    /// One code point, or two surrogates that make one.
    private mutating func codePoint(digits: Int, start: Int) throws(CELProblem) -> Unicode.Scalar {
        let value = try hexadecimal(digits, start: start)
        if let scalar = Unicode.Scalar(value) { return scalar }
        if digits == 4, 0xD800...0xDBFF ~= value, current == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u") {
            offset += 2
            let low = try hexadecimal(4, start: start)
            if 0xDC00...0xDFFF ~= low,
                let scalar = Unicode.Scalar(0x10000 + (value - 0xD800) << 10 + (low - 0xDC00))
            {
                return scalar
            }
        }
        throw problem("the escape is no code point", at: start)
    }
}
