/// A word of the text of an expression.
struct Token {
    enum Kind: Equatable {
        /// Without its sign.
        case int(UInt64)
        case uint(UInt64)
        case double(Double)
        case string(CELString)
        case bytes([UInt8])
        case identifier(String)
        /// Between backticks; only a field can be named so.
        case quotedIdentifier(String)
        case symbol(Symbol)
        case end
    }

    enum Symbol: String {
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case and = "&&"
        case or = "||"
        case not = "!"
        case plus = "+"
        case minus = "-"
        case star = "*"
        case slash = "/"
        case percent = "%"
        case leftParenthesis = "("
        case rightParenthesis = ")"
        case leftBracket = "["
        case rightBracket = "]"
        case leftBrace = "{"
        case rightBrace = "}"
        case comma = ","
        case point = "."
        case question = "?"
        case colon = ":"
    }

    let kind: Kind
    /// The offset of its first byte.
    let offset: Int

    /// The word in a message.
    var described: String {
        switch kind {
        case .int, .uint, .double: "a number"
        case .string: "a string"
        case .bytes: "bytes"
        case .identifier(let name), .quotedIdentifier(let name): "`\(name)`"
        case .symbol(let symbol): "`\(symbol.rawValue)`"
        case .end: "the end of the expression"
        }
    }
}
