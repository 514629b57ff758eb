/// Makes an expression ready to be evaluated: names become slots, constants are prepared, common conditions are
/// given parts of their own.
struct Compiler {
    let environment: CELEnvironment
    /// What can only go wrong and is not about types: a pattern that is none.
    var problems: [CELProblem] = []
    var locals: [String] = []
    private var patterns = 0

    init(_ environment: CELEnvironment) { self.environment = environment }

    /// So many patterns of one expression are made fast at some cost.
    private static let preparedPatterns = 64

    mutating func pattern(_ source: CELString) throws(CELError) -> CELPattern {
        patterns += 1
        return try Library.pattern(source, prepared: patterns <= Self.preparedPatterns)
    }

    mutating func node(for expression: CELExpression) -> any Node {
        switch expression.kind {
        case .literal(let value): return ConstantNode(value)
        case .identifier, .select: return named(expression)
        case .has(let operand, let field): return HasNode(node(for: operand), field)
        case .index(let operand, let index): return IndexNode(node(for: operand), node(for: index))
        case .not(let operand): return NotNode(node(for: operand))
        case .negation(let operand): return NegationNode(node(for: operand))
        case .binary(let operation, let left, let right):
            return binary(operation, node(for: left), node(for: right))
        case .conjunction(let terms): return combined(terms, AndNode.init, AndPairNode.init)
        case .disjunction(let terms): return combined(terms, OrNode.init, OrPairNode.init)
        case .conditional(let condition, let then, let otherwise):
            return ConditionalNode(node(for: condition), node(for: then), node(for: otherwise))
        case .call(let name, let target, let arguments): return call(expression, name, target, arguments)
        case .list(let items): return list(items.map { node(for: $0) })
        case .map(let items): return map(items.map { node(for: $0.key) }, items.map { node(for: $0.value) })
        case .construction(let name, _):
            return FailingNode(CELError(.undeclaredReference, "undeclared reference: no type `\(name)` to construct"))
        case .comprehension(let comprehension): return walk(comprehension)
        }
    }

    /// Few terms are taken in pairs, which is faster; many in a row, which is not deep.
    private mutating func combined<Row: Node, Pair: Node>(
        _ terms: [CELExpression], _ row: ([any Node]) -> Row, _ pair: (any Node, any Node) -> Pair
    ) -> any Node {
        let nodes = terms.map { node(for: $0) }
        guard nodes.count <= 8, let first = nodes.first else { return row(nodes) }
        return nodes.dropFirst().reduce(first) { pair($0, $1) }
    }

    private func list(_ items: [any Node]) -> any Node {
        let constants = items.compactMap { ($0 as? ConstantNode)?.value }
        return constants.count == items.count ? ConstantNode(.list(constants)) : ListNode(items)
    }

    private func map(_ keys: [any Node], _ values: [any Node]) -> any Node {
        let entries = zip(keys, values).compactMap { key, value in
            (key as? ConstantNode).flatMap { key in
                (value as? ConstantNode).map { CELMap.Entry(key: key.value, value: $0.value) }
            }
        }
        // A map that cannot be is an error when it is evaluated, and only then.
        if entries.count == keys.count, case .success(let map) = Result(catching: { try CELMap(entries) }) {
            return ConstantNode(.map(map))
        }
        return MapNode(keys: keys, values: values)
    }

    private func binary(_ operation: CELOperator, _ left: any Node, _ right: any Node) -> any Node {
        switch operation {
        case .equal, .unequal: return equality(left, right, wanted: operation == .equal)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return OrderingNode(operation, left, right)
        case .in:
            if case .string(let text)? = (left as? ConstantNode)?.value, let field = right as? RecordFieldNode {
                return FieldContainsNode(left, text, field)
            }
            guard case .list(let values)? = (right as? ConstantNode)?.value, let constants = ConstantSet(values) else {
                return MembershipNode(left, right)
            }
            if let field = left as? RecordFieldNode { return FieldMembershipNode(field, constants) }
            return ConstantMembershipNode(left, constants)
        case .add, .subtract, .multiply, .divide, .modulo: return ArithmeticNode(operation, left, right)
        }
    }

    private func equality(_ left: any Node, _ right: any Node, wanted: Bool) -> any Node {
        if case .string(let text)? = (right as? ConstantNode)?.value {
            if let field = left as? RecordFieldNode { return FieldTextEqualityNode(field, text, wanted: wanted) }
            return TextEqualityNode(left, text, wanted: wanted)
        }
        if case .string? = (left as? ConstantNode)?.value, !(right is ConstantNode) {
            return equality(right, left, wanted: wanted)
        }
        return EqualityNode(left, right, wanted: wanted)
    }

    private mutating func walk(_ comprehension: CELComprehension) -> any Node {
        let range = node(for: comprehension.range)
        let step = 1 + (comprehension.condition?.size ?? 0) + (comprehension.transform?.size ?? 0)
        let walk = Walk(range: range, local: locals.isEmpty ? nil : locals.count - 1, step: step)
        locals.append(comprehension.variable)
        defer { locals.removeLast() }
        let condition = comprehension.condition.map { node(for: $0) }
        let transform = comprehension.transform.map { node(for: $0) }
        switch (comprehension.macro, condition) {
        case (.all, let condition?): return QuantifierNode(walk, condition, decisive: false)
        case (.exists, let condition?): return QuantifierNode(walk, condition, decisive: true)
        case (.existsOne, let condition?): return UniqueNode(walk, condition)
        default: return TransformNode(walk, condition, transform)
        }
    }
}
