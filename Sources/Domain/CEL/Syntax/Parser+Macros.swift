extension Parser {
    /// `has(operand.field)`
    mutating func presence(_ argument: CELExpression, at position: CELPosition) throws(CELProblem) -> CELExpression {
        guard case .select(let operand, let field) = argument.kind else {
            throw CELProblem(position: argument.position, message: "`has` asks for a field, as in `has(a.b)`")
        }
        return try make(.has(operand, field: field), at: position)
    }

    /// The macro `name` of `range`; nil when there is none with so many arguments.
    mutating func memberMacro(
        _ name: String, of range: CELExpression, _ arguments: [CELExpression], at position: CELPosition
    ) throws(CELProblem) -> CELExpression? {
        guard let macro = Self.macros[name], arguments.count == 2 || (macro == .map && arguments.count == 3) else {
            return nil
        }
        guard case .identifier(let variable) = arguments[0].kind, !variable.hasPrefix(".") else {
            throw CELProblem(
                position: arguments[0].position, message: "the first argument of `\(name)` is the name of a variable")
        }
        let last = arguments[arguments.count - 1]
        let comprehension = CELComprehension(
            macro: macro, range: range, variable: variable,
            condition: macro != .map ? last : arguments.count == 3 ? arguments[1] : nil,
            transform: macro == .map ? last : nil)
        return try make(.comprehension(comprehension), at: position)
    }

    private static let macros: [String: CELComprehension.Macro] = [
        "all": .all, "exists": .exists, "exists_one": .existsOne, "existsOne": .existsOne, "map": .map,
        "filter": .filter,
    ]
}
