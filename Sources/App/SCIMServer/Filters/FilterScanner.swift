import AccessModel
import StrictJSON

/// Cuts a filter, or the path of a patch, into words, literals and brackets.
struct FilterScanner {
    enum Token: Hashable {
        /// An attribute, an operator, `and`, `true`, ...
        case word(String)
        case literal(Filter.Literal)
        case open, close, openBracket, closeBracket
        /// `.name` behind a bracket.
        case sub(String)
    }

    private let bytes: [UInt8]
    private var position = 0
    private let error: (String) -> SCIMError

    /// - Parameter error: What is thrown with a message.
    init(_ text: String, error: @escaping (String) -> SCIMError) {
        bytes = Array(text.utf8)
        self.error = error
    }

    /// All tokens, each with whether a space stands before it.
    static func tokens(_ text: String, error: @escaping (String) -> SCIMError) throws(SCIMError) -> [Token] {
        var scanner = FilterScanner(text, error: error)
        var tokens: [Token] = []
        while let token = try scanner.next(after: tokens.last) {
            guard tokens.count < 1_000 else { throw error("it is too long") }
            tokens.append(token)
        }
        return tokens
    }

    private mutating func next(after last: Token?) throws(SCIMError) -> Token? {
        while position < bytes.count, bytes[position] == 0x20 { position += 1 }
        guard position < bytes.count else { return nil }
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "("): return take(.open)
        case UInt8(ascii: ")"): return take(.close)
        case UInt8(ascii: "["): return take(.openBracket)
        case UInt8(ascii: "]"): return take(.closeBracket)
        case UInt8(ascii: "\""): return .literal(.string(try string()))
        case UInt8(ascii: ".") where last == .closeBracket:
            position += 1
            return .sub(word())
        case UInt8(ascii: "-"),
            _ where byte.isDigit:
            return .literal(try number())
        default:
            let word = word()
            guard !word.isEmpty else {
                throw error("\(TextRule.quoted(character(at: position))) has no meaning at byte \(position + 1)")
            }
            return .word(word)
        }
    }

    private mutating func take(_ token: Token) -> Token {
        position += 1
        return token
    }

    private func character(at position: Int) -> String {
        String(String(decoding: bytes[position...].prefix(4), as: UTF8.self).prefix(1))
    }

    /// Letters, digits and what stands in names and URNs.
    private mutating func word() -> String {
        let start = position
        while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        if byte.isLetter || byte.isDigit { return true }
        return "-_$.:/%+@".utf8.contains(byte)
    }

    /// A JSON string, read by the JSON parser.
    private mutating func string() throws(SCIMError) -> String {
        let start = position
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.count else { throw error("the text that begins at byte \(start + 1) has no end") }
        position += 1
        guard let text = json(start)?.string else {
            throw error("the text that begins at byte \(start + 1) is no JSON string")
        }
        return text
    }

    private mutating func number() throws(SCIMError) -> Filter.Literal {
        let start = position
        while position < bytes.count, bytes[position].isDigit || "+-.eE".utf8.contains(bytes[position]) {
            position += 1
        }
        switch json(start) {
        case .integer(let value)?: return .integer(value)
        case .number(let value)?: return .number(value)
        default: throw error("the number at byte \(start + 1) is no JSON number")
        }
    }

    private func json(_ start: Int) -> JSONValue? {
        do {
            return try JSONParser.parse(bytes[start..<position])
        } catch {
            return nil
        }
    }
}
