/// A variable, or a field of one, that an expression reads.
public struct CELReference: Sendable, Hashable {
    /// `["group", "tier"]` for `group.tier`.
    public let path: [String]
    public let position: CELPosition

    public var name: String { path.joined(separator: ".") }
}

/// A part of a condition that says which values something may have for the condition to hold.
public struct CELConstraint: Sendable {
    public let path: [String]
    /// One of them, for the condition to be true.
    public let values: [CELValue]
}

extension CELExpression {
    /// What the expression reads, the longest paths, each once, in the order of the text. Variables of macros and
    /// names of types are none of it.
    public var references: [CELReference] {
        var collected = ReferenceCollector()
        collected.visit(self)
        return collected.references
    }

    /// The terms that must all be true for the expression to be true; the expression itself when it is no `&&`.
    public var conjuncts: [CELExpression] {
        if case .conjunction(let terms) = kind { terms.flatMap(\.conjuncts) } else { [self] }
    }

    /// The conjuncts of the form `path == constant`, `constant == path`, `path in [constants]`, `path` and `!path`.
    /// Where the value at the path equals none of the values, or has no such path, the expression is not true.
    public var constraints: [CELConstraint] { conjuncts.compactMap(\.constraint) }

    private var constraint: CELConstraint? {
        switch kind {
        case .binary(.equal, let left, let right):
            if let path = left.path, let value = right.constant { return CELConstraint(path: path, values: [value]) }
            guard let path = right.path, let value = left.constant else { return nil }
            return CELConstraint(path: path, values: [value])
        case .binary(.in, let left, let right):
            guard let path = left.path, case .list(let items) = right.kind else { return nil }
            let values = items.compactMap(\.constant)
            return values.count == items.count ? CELConstraint(path: path, values: values) : nil
        case .not(let operand): return operand.path.map { CELConstraint(path: $0, values: [.bool(false)]) }
        default: return path.map { CELConstraint(path: $0, values: [.bool(true)]) }
        }
    }

    private var constant: CELValue? { if case .literal(let value) = kind { value } else { nil } }

    /// Names joined by points, without the point that may stand before them.
    var path: [String]? {
        guard var names else { return nil }
        if names[0].hasPrefix(".") { names[0].removeFirst() }
        return names
    }
}

private struct ReferenceCollector {
    private(set) var references: [CELReference] = []
    private var seen: Set<[String]> = []
    private var locals: [String] = []

    mutating func visit(_ expression: CELExpression) {
        if let names = expression.names, let path = expression.path {
            if !locals.contains(names[0]) { add(path, at: expression) }
            return
        }
        switch expression.kind {
        case .has(let operand, let field):
            guard let names = operand.names, let path = operand.path else { return visit(operand) }
            if !locals.contains(names[0]) { add(path + [field], at: expression) }
        case .comprehension(let comprehension):
            visit(comprehension.range)
            locals.append(comprehension.variable)
            comprehension.condition.map { visit($0) }
            comprehension.transform.map { visit($0) }
            locals.removeLast()
        default: for child in expression.children { visit(child) }
        }
    }

    private mutating func add(_ path: [String], at expression: CELExpression) {
        guard CELTypeName.all[path.joined(separator: ".")] == nil, seen.insert(path).inserted else { return }
        references.append(CELReference(path: path, position: expression.start))
    }
}

extension CELExpression {
    /// Where its first name stands.
    fileprivate var start: CELPosition {
        switch kind {
        case .select(let operand, _), .has(let operand, _): operand.start
        default: position
        }
    }
}
