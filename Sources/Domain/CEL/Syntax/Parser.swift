/// Reads an expression by recursive descent.
///
/// What stands within each other is bounded, so that no text makes it, or who walks through what it has read, run out
/// of stack.
struct Parser {
    /// The longest text, in bytes.
    static let maximumLength = 262_144
    /// The deepest nesting of parentheses, brackets, arguments and the like.
    static let maximumNesting = 128
    /// The deepest tree, which a long chain of operators makes as well.
    static let maximumDepth = 512

    private let text: SourceText
    private let tokens: [Token]
    private let positions: [CELPosition]
    private var index = 0
    private var nesting = 0

    static func parse(_ source: String) throws(CELProblems) -> CELExpression {
        do throws(CELProblem) {
            let text = SourceText(source)
            guard text.bytes.count <= maximumLength else {
                throw CELProblem(
                    position: CELPosition(line: 1, column: 1),
                    message: "the expression has \(text.bytes.count) bytes; \(maximumLength) at most")
            }
            var parser = Parser(text, try Lexer.tokens(of: text))
            let expression = try parser.expression()
            guard parser.current.kind == .end else { throw parser.unexpected("an operator or the end") }
            return expression
        } catch {
            throw CELProblems([error])
        }
    }

    private init(_ text: SourceText, _ tokens: [Token]) {
        self.text = text
        self.tokens = tokens
        var counter = PositionCounter()
        positions = tokens.map { counter.position(of: $0.offset, in: text) }
    }
}

// Words
extension Parser {
    var current: Token { tokens[index] }
    var following: Token { tokens[min(index + 1, tokens.count - 1)] }
    var position: CELPosition { positions[index] }

    mutating func advance() { index = min(index + 1, tokens.count - 1) }

    func isAt(_ symbol: Token.Symbol) -> Bool { current.kind == .symbol(symbol) }

    mutating func take(_ symbol: Token.Symbol) -> Bool {
        guard isAt(symbol) else { return false }
        advance()
        return true
    }

    mutating func require(_ symbol: Token.Symbol) throws(CELProblem) {
        guard take(symbol) else { throw unexpected("`\(symbol.rawValue)`") }
    }

    func unexpected(_ wanted: String) -> CELProblem {
        CELProblem(position: position, message: "unexpected \(current.described), expected \(wanted)")
    }

    /// Makes an expression of its kind; fails when the tree becomes too deep.
    func make(_ kind: CELExpression.Kind, at position: CELPosition) throws(CELProblem) -> CELExpression {
        let expression = CELExpression(kind, at: position)
        guard expression.depth <= Self.maximumDepth else { throw Self.tooDeep(position) }
        return expression
    }

    static func tooDeep(_ position: CELPosition) -> CELProblem {
        CELProblem(position: position, message: "the expression is nested too deeply")
    }
}

// Operators
extension Parser {
    mutating func expression() throws(CELProblem) -> CELExpression {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.maximumNesting else { throw Self.tooDeep(position) }
        let condition = try disjunction()
        let position = self.position
        guard take(.question) else { return condition }
        let then = try disjunction()
        try require(.colon)
        let otherwise = try expression()
        return try make(.conditional(condition, then: then, otherwise: otherwise), at: position)
    }

    private mutating func disjunction() throws(CELProblem) -> CELExpression {
        let first = try conjunction()
        guard isAt(.or) else { return first }
        let position = self.position
        var terms = [first]
        while take(.or) { terms.append(try conjunction()) }
        return try make(.disjunction(terms), at: position)
    }

    private mutating func conjunction() throws(CELProblem) -> CELExpression {
        let first = try binary(1)
        guard isAt(.and) else { return first }
        let position = self.position
        var terms = [first]
        while take(.and) { terms.append(try binary(1)) }
        return try make(.conjunction(terms), at: position)
    }

    /// Operators that bind as tightly as `precedence` at least, those of one precedence from left to right.
    private mutating func binary(_ precedence: Int) throws(CELProblem) -> CELExpression {
        var left = try unary()
        while let operation = binaryOperator, operation.precedence >= precedence {
            let position = self.position
            advance()
            let right = try binary(operation.precedence + 1)
            left = try make(.binary(operation, left, right), at: position)
        }
        return left
    }

    private var binaryOperator: CELOperator? {
        switch current.kind {
        case .symbol(let symbol): CELOperator(rawValue: symbol.rawValue)
        case .identifier("in"): .in
        default: nil
        }
    }

    /// `!` and `-` may stand in a row; two cancel out, so that no row is deeper than two.
    private mutating func unary() throws(CELProblem) -> CELExpression {
        let position = self.position
        if isAt(.not) {
            var signs = 0
            while take(.not) { signs += 1 }
            let operand = try member()
            let inner = try make(.not(operand), at: position)
            return signs % 2 == 1 ? inner : try make(.not(inner), at: position)
        }
        guard isAt(.minus) else { return try member() }
        var signs = 0
        while take(.minus) { signs += 1 }
        // The sign before a number belongs to it: the smallest int has no positive counterpart.
        let isNumber = if case .int = current.kind { true } else { false }
        let operand = try member(negative: isNumber)
        if isNumber { signs -= 1 }
        guard signs > 0 else { return operand }
        let inner = try make(.negation(operand), at: position)
        return signs % 2 == 1 ? inner : try make(.negation(inner), at: position)
    }
}
