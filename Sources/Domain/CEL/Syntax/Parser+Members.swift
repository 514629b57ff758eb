extension Parser {
    /// A primary expression and what follows it: selections, calls, indexes, constructions.
    mutating func member(negative: Bool = false) throws(CELProblem) -> CELExpression {
        var operand = try primary(negative: negative)
        while true {
            let position = self.position
            if take(.point) {
                operand = try selection(of: operand, at: position)
            } else if take(.leftBracket) {
                let index = try expression()
                try require(.rightBracket)
                operand = try make(.index(operand, index), at: position)
            } else if isAt(.leftBrace), let name = operand.qualifiedName {
                operand = try construction(of: name.joined(separator: "."), at: operand.position)
            } else {
                return operand
            }
        }
    }

    private mutating func selection(
        of operand: CELExpression, at position: CELPosition
    ) throws(CELProblem) -> CELExpression {
        let namePosition = self.position
        switch current.kind {
        case .quotedIdentifier(let name):
            advance()
            return try make(.select(operand, field: name), at: namePosition)
        case .identifier(let name) where !Self.keywords.contains(name):
            advance()
            guard isAt(.leftParenthesis) else { return try make(.select(operand, field: name), at: namePosition) }
            let arguments = try self.arguments()
            return try memberMacro(name, of: operand, arguments, at: namePosition)
                ?? make(.call(name, target: operand, arguments: arguments), at: namePosition)
        default: throw unexpected("the name of a field or a function")
        }
    }

    /// What stands between parentheses, which are passed.
    private mutating func arguments() throws(CELProblem) -> [CELExpression] {
        try require(.leftParenthesis)
        if take(.rightParenthesis) { return [] }
        var arguments = [try expression()]
        while take(.comma) { arguments.append(try expression()) }
        try require(.rightParenthesis)
        return arguments
    }

    private mutating func primary(negative: Bool) throws(CELProblem) -> CELExpression {
        let position = self.position
        switch current.kind {
        case .int(let magnitude):
            guard negative || magnitude <= UInt64(Int64.max) else {
                throw CELProblem(position: position, message: "`\(magnitude)` is beyond the range of int")
            }
            return try literal(.int(negative ? Int64(truncatingIfNeeded: 0 &- magnitude) : Int64(magnitude)))
        case .uint(let value): return try literal(.uint(value))
        case .double(let value): return try literal(.double(value))
        case .string(let value): return try literal(.string(value))
        case .bytes(let value): return try literal(.bytes(value))
        case .identifier(let name): return try named(name, at: position)
        case .symbol(.point):
            advance()
            guard case .identifier(let name) = current.kind else { throw unexpected("a name") }
            return try named(name, at: position, prefix: ".")
        case .symbol(.leftParenthesis):
            advance()
            let inner = try expression()
            try require(.rightParenthesis)
            return inner.grouped
        case .symbol(.leftBracket): return try list(at: position)
        case .symbol(.leftBrace): return try map(at: position)
        default: throw unexpected("a value")
        }
    }

    private mutating func literal(_ value: CELValue) throws(CELProblem) -> CELExpression {
        let position = self.position
        advance()
        return try make(.literal(value), at: position)
    }

    private mutating func named(
        _ name: String, at position: CELPosition, prefix: String = ""
    ) throws(CELProblem) -> CELExpression {
        if prefix.isEmpty {
            switch name {
            case "true": return try literal(.bool(true))
            case "false": return try literal(.bool(false))
            case "null": return try literal(.null)
            default: break
            }
        }
        guard !Self.keywords.contains(name), !Self.reserved.contains(name) else {
            throw CELProblem(position: self.position, message: "`\(name)` is a reserved word")
        }
        advance()
        guard isAt(.leftParenthesis) else { return try make(.identifier(prefix + name), at: position) }
        let arguments = try self.arguments()
        if prefix.isEmpty, name == "has", arguments.count == 1 { return try presence(arguments[0], at: position) }
        return try make(.call(prefix + name, target: nil, arguments: arguments), at: position)
    }

    private mutating func list(at position: CELPosition) throws(CELProblem) -> CELExpression {
        advance()
        var items: [CELExpression] = []
        while !isAt(.rightBracket) {
            items.append(try expression())
            guard take(.comma) else { break }
        }
        try require(.rightBracket)
        return try make(.list(items), at: position)
    }

    private mutating func map(at position: CELPosition) throws(CELProblem) -> CELExpression {
        advance()
        var items: [CELMapItem] = []
        while !isAt(.rightBrace) {
            let key = try expression()
            try require(.colon)
            items.append(CELMapItem(key: key, value: try expression()))
            guard take(.comma) else { break }
        }
        try require(.rightBrace)
        return try make(.map(items), at: position)
    }

    private mutating func construction(
        of name: String, at position: CELPosition
    ) throws(CELProblem) -> CELExpression {
        advance()
        var fields: [CELFieldItem] = []
        while !isAt(.rightBrace) {
            switch current.kind {
            case .identifier(let name) where !Self.keywords.contains(name), .quotedIdentifier(let name):
                advance()
                try require(.colon)
                fields.append(CELFieldItem(name: name, value: try expression()))
            default: throw unexpected("the name of a field")
            }
            guard take(.comma) else { break }
        }
        try require(.rightBrace)
        return try make(.construction(name, fields: fields), at: position)
    }

    static let keywords: Set<String> = ["in", "true", "false", "null"]
    static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]
}
