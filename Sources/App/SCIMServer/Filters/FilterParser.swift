import StrictJSON

/// Reads a filter by the grammar of RFC 7644, figure 1. `and` binds tighter than `or`, `not` needs parentheses, operators
/// are read without case.
struct FilterParser {
    /// How deep parentheses may stand in each other.
    static let maximumDepth = 30
    /// Comparisons that a filter may have.
    static let maximumTerms = 100
    /// Bytes that a filter may have.
    static let maximumLength = 16_384

    private var tokens: ArraySlice<FilterScanner.Token>
    private var depth = 0
    private var terms = 0
    private let error: (String) -> SCIMError

    static func parse(_ text: String) throws(SCIMError) -> Filter {
        let error: (String) -> SCIMError = { .filter("the filter cannot be read: \($0)") }
        guard text.utf8.count <= maximumLength else { throw error("it is too long") }
        var parser = FilterParser(try FilterScanner.tokens(text, error: error)[...], error: error)
        guard !parser.tokens.isEmpty else { throw error("it is empty") }
        let filter = try parser.disjunction(within: false)
        guard parser.tokens.isEmpty else { throw error("nothing more was expected behind a whole filter") }
        return filter
    }

    /// The filter in brackets with which `tokens` begin; they are left behind its closing one.
    static func parseBracket(
        _ tokens: inout ArraySlice<FilterScanner.Token>, error: @escaping (String) -> SCIMError
    ) throws(SCIMError) -> Filter {
        var parser = FilterParser(tokens, error: error)
        let filter = try parser.bracket()
        tokens = parser.tokens
        return filter
    }

    private init(_ tokens: ArraySlice<FilterScanner.Token>, error: @escaping (String) -> SCIMError) {
        self.tokens = tokens
        self.error = error
    }

    private mutating func disjunction(within bracket: Bool) throws(SCIMError) -> Filter {
        var filter = try conjunction(within: bracket)
        while takeWord("or") { filter = .or(filter, try conjunction(within: bracket)) }
        return filter
    }

    private mutating func conjunction(within bracket: Bool) throws(SCIMError) -> Filter {
        var filter = try term(within: bracket)
        while takeWord("and") { filter = .and(filter, try term(within: bracket)) }
        return filter
    }

    private mutating func term(within bracket: Bool) throws(SCIMError) -> Filter {
        switch tokens.first {
        case .open?: return try group(within: bracket)
        case .word(let word)? where word.lowercased() == "not" && tokens.dropFirst().first == .open:
            tokens.removeFirst()
            return .not(try group(within: bracket))
        case .word(let path)?:
            tokens.removeFirst()
            return try comparison(path, within: bracket)
        default: throw error("an attribute, `not` or `(` was expected")
        }
    }

    private mutating func group(within bracket: Bool) throws(SCIMError) -> Filter {
        try descend()
        defer { depth -= 1 }
        tokens.removeFirst()
        let filter = try disjunction(within: bracket)
        guard tokens.popFirst() == .close else { throw error("`)` was expected") }
        return filter
    }

    private mutating func bracket() throws(SCIMError) -> Filter {
        try descend()
        defer { depth -= 1 }
        tokens.removeFirst()
        let filter = try disjunction(within: true)
        guard tokens.popFirst() == .closeBracket else { throw error("`]` was expected") }
        return filter
    }

    private mutating func descend() throws(SCIMError) {
        depth += 1
        guard depth <= Self.maximumDepth else { throw error("it is nested deeper than \(Self.maximumDepth)") }
    }

    private mutating func comparison(_ path: String, within bracket: Bool) throws(SCIMError) -> Filter {
        guard Self.isPath(path) else { throw error("\(TextRule.quoted(path)) is no attribute") }
        terms += 1
        guard terms <= Self.maximumTerms else { throw error("it has more than \(Self.maximumTerms) comparisons") }
        if tokens.first == .openBracket {
            guard !bracket else { throw error("a bracket stands within a bracket") }
            return .values(path, try self.bracket())
        }
        guard case .word(let word)? = tokens.popFirst() else { throw error("an operator was expected") }
        if word.lowercased() == "pr" { return .present(path) }
        guard let comparison = Filter.Operator(rawValue: word.lowercased()) else {
            throw error("\(TextRule.quoted(word)) is no operator")
        }
        return .compare(path, comparison, try literal())
    }

    private mutating func literal() throws(SCIMError) -> Filter.Literal {
        switch tokens.popFirst() {
        case .literal(let literal)?: return literal
        case .word("true")?: return .bool(true)
        case .word("false")?: return .bool(false)
        case .word("null")?: return .null
        default: throw error("a JSON value was expected: a text in quotes, a number, true, false or null")
        }
    }

    private mutating func takeWord(_ expected: String) -> Bool {
        guard case .word(let word)? = tokens.first, word.lowercased() == expected else { return false }
        tokens.removeFirst()
        return true
    }

    /// Whether a word may be an attribute's path: parts of letters, digits, `-`, `_`, a `$` at the beginning.
    private static func isPath(_ word: String) -> Bool {
        guard let first = word.utf8.first else { return false }
        return first.isLetterOrDollar && !"/%+@".utf8.contains { word.utf8.contains($0) }
            || word.lowercased().hasPrefix("urn:")
    }
}

extension UInt8 {
    fileprivate var isLetterOrDollar: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || self == UInt8(ascii: "$")
    }
}
