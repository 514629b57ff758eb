/// Finds the type of every part of an expression, and what cannot work whatever the values are.
struct Checker {
    /// After so many the rest is not worth reading.
    static let maximumProblems = 20

    let environment: CELEnvironment
    private(set) var problems: [CELProblem] = []
    var unifier = Unifier()
    /// The variables of the macros around, the innermost last.
    var locals: [(name: String, type: CELType)] = []

    init(_ environment: CELEnvironment) { self.environment = environment }

    mutating func report(_ message: String, at position: CELPosition) -> CELType {
        let problem = CELProblem(position: position, message: message)
        if problems.count < Self.maximumProblems, !problems.contains(problem) { problems.append(problem) }
        return .dyn
    }

    /// The type in a message.
    func show(_ type: CELType) -> String { unifier.resolved(type).description }

    mutating func type(of expression: CELExpression) -> CELType {
        switch expression.kind {
        case .literal(let value): return CELType(of: value)
        case .identifier, .select: return typeOfName(expression)
        case .has(let operand, let field):
            _ = fieldType(field, of: type(of: operand), at: expression.position, verb: "ask for")
            return .bool
        case .index(let operand, let index): return typeOfIndex(expression, operand, index)
        case .not(let operand):
            require(operand, .bool, "`!`")
            return .bool
        case .negation(let operand):
            let type = type(of: operand)
            return call("-", Signature.negation, [type], at: expression.position, isOperator: true)
        case .binary(let operation, let left, let right):
            let types = [type(of: left), type(of: right)]
            return call(
                operation.rawValue, Signature.of(operation), types, at: expression.position, isOperator: true)
        case .conjunction(let terms): return logical(terms, "`&&`")
        case .disjunction(let terms): return logical(terms, "`||`")
        case .conditional(let condition, let then, let otherwise):
            require(condition, .bool, "`?`")
            return branches(then, otherwise, at: expression.position)
        case .call(let name, let target, let arguments): return typeOfCall(expression, name, target, arguments)
        case .list(let items): return .list(joined(items))
        case .map(let items): return typeOfMap(items)
        case .construction(let name, let fields):
            for field in fields { _ = type(of: field.value) }
            return report("`\(name)` cannot be constructed", at: expression.position)
        case .comprehension(let comprehension): return typeOfComprehension(comprehension)
        }
    }

    private mutating func logical(_ terms: [CELExpression], _ what: String) -> CELType {
        for term in terms { require(term, .bool, what) }
        return .bool
    }

    mutating func require(_ expression: CELExpression, _ wanted: CELType, _ what: String) {
        let type = type(of: expression)
        if !unifier.accepts(type, as: wanted) {
            _ = report("\(what) takes a \(wanted), not a \(show(type))", at: expression.position)
        }
    }

    private mutating func branches(
        _ then: CELExpression, _ otherwise: CELExpression, at position: CELPosition
    ) -> CELType {
        let (left, right) = (type(of: then), type(of: otherwise))
        guard unifier.accepts(right, as: left) else {
            return report("the branches of `?:` are \(show(left)) and \(show(right)); they must agree", at: position)
        }
        return unifier.join(left, right)
    }

    private mutating func joined(_ items: [CELExpression]) -> CELType {
        guard let first = items.first else { return unifier.fresh() }
        var joined = type(of: first)
        for item in items.dropFirst() {
            let type = type(of: item)
            joined = unifier.join(joined, type)
        }
        return joined
    }

    private mutating func typeOfMap(_ items: [CELMapItem]) -> CELType {
        guard !items.isEmpty else { return .map(unifier.fresh(), unifier.fresh()) }
        let keys = joined(items.map(\.key))
        var key = unifier.resolved(keys)
        if !key.canBeKey {
            key = report("a key is a bool, int, uint or string, not a \(key)", at: items[0].key.position)
        }
        for item in items {
            if case .literal(let value) = item.key.kind, CELMapKey(value) == nil || value.isDouble {
                _ = report("a key is a bool, int, uint or string, not a \(CELType(of: value))", at: item.key.position)
            }
        }
        return .map(key, joined(items.map(\.value)))
    }
}

extension CELType {
    fileprivate var canBeKey: Bool {
        switch self {
        case .bool, .int, .uint, .string, .dyn, .parameter: true
        default: false
        }
    }

    /// The type of a value; of lists and maps, with `dyn` within.
    init(of value: CELValue) {
        self =
            switch value {
            case .null: .null
            case .bool: .bool
            case .int: .int
            case .uint: .uint
            case .double: .double
            case .string: .string
            case .bytes: .bytes
            case .list: .list(.dyn)
            case .map: .map(.dyn, .dyn)
            case .timestamp: .timestamp
            case .duration: .duration
            case .type: .type(.dyn)
            case .record(let record): .record(record.type)
            }
    }

    /// The type that a name stands for.
    init(named name: CELTypeName) {
        self =
            switch name {
            case .null: .null
            case .bool: .bool
            case .int: .int
            case .uint: .uint
            case .double: .double
            case .string: .string
            case .bytes: .bytes
            case .list: .list(.dyn)
            case .map: .map(.dyn, .dyn)
            case .timestamp: .timestamp
            case .duration: .duration
            case .type: .type(.dyn)
            default: .dyn
            }
    }
}
