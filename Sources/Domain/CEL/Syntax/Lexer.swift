/// Splits the text of an expression into its words.
struct Lexer {
    let text: SourceText
    var offset = 0

    init(_ text: SourceText) { self.text = text }

    /// All words, the last of which is the end.
    static func tokens(of text: SourceText) throws(CELProblem) -> [Token] {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    var current: UInt8? { text[offset] }
    func peek(_ distance: Int) -> UInt8? { text[offset + distance] }

    func problem(_ message: String, at offset: Int? = nil) -> CELProblem {
        CELProblem(position: text.position(of: offset ?? self.offset), message: message)
    }

    private mutating func next() throws(CELProblem) -> Token {
        skipSpace()
        let start = offset
        return Token(kind: try kind(), offset: start)
    }

    private mutating func skipSpace() {
        while let byte = current {
            if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0C || byte == 0x0D {
                offset += 1
            } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "/") {
                while let byte = current, byte != 0x0A, byte != 0x0D { offset += 1 }
            } else {
                return
            }
        }
    }

    private mutating func kind() throws(CELProblem) -> Token.Kind {
        guard let byte = current else { return .end }
        if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true) { return try number() }
        if let literal = try text(startingWith: byte) { return literal }
        if byte.isLetter { return .identifier(word()) }
        if byte == UInt8(ascii: "`") { return try quotedIdentifier() }
        return .symbol(try symbol(byte))
    }

    private mutating func word() -> String {
        let start = offset
        while let byte = current, byte.isLetter || byte.isDigit { offset += 1 }
        return String(decoding: text.bytes[start..<offset], as: UTF8.self)
    }

    private mutating func quotedIdentifier() throws(CELProblem) -> Token.Kind {
        let start = offset + 1
        var end = start
        while let byte = text[end], byte.isLetter || byte.isDigit || ".-/ ".utf8.contains(byte) { end += 1 }
        guard text[end] == UInt8(ascii: "`"), end > start else {
            throw problem("a name between backticks holds letters, digits, `_`, `.`, `-`, `/` and spaces only")
        }
        offset = end + 1
        return .quotedIdentifier(String(decoding: text.bytes[start..<end], as: UTF8.self))
    }

    private mutating func symbol(_ byte: UInt8) throws(CELProblem) -> Token.Symbol {
        if let second = peek(1), let symbol = Token.Symbol(rawValue: String(decoding: [byte, second], as: UTF8.self)) {
            offset += 2
            return symbol
        }
        if byte < 0x80, let symbol = Token.Symbol(rawValue: String(decoding: [byte], as: UTF8.self)) {
            offset += 1
            return symbol
        }
        switch byte {
        case UInt8(ascii: "="): throw problem("`=` is no operator; equality is `==`")
        case UInt8(ascii: "&"): throw problem("`&` is no operator; logical and is `&&`")
        case UInt8(ascii: "|"): throw problem("`|` is no operator; logical or is `||`")
        default: throw problem("unexpected character \(characterForMessage)")
        }
    }

    private var characterForMessage: String {
        let rest = String(decoding: text.bytes[offset..<min(offset + 4, text.bytes.count)], as: UTF8.self)
        guard let scalar = rest.unicodeScalars.first, scalar.value >= 0x20, scalar.value != 0x7F else {
            return "U+" + String(current ?? 0, radix: 16, uppercase: true)
        }
        return "`\(scalar)`"
    }
}

extension UInt8 {
    var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
    /// A letter of ASCII or the low line.
    var isLetter: Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= self | 0x20 || self == UInt8(ascii: "_")
    }
    /// The value of a hexadecimal digit.
    var hexadecimal: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
