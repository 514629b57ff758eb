/// An expression as it was read, with its macros expanded.
public struct CELExpression: Sendable {
    public let kind: Kind
    public let position: CELPosition
    /// How many expressions stand within each other at most, this one counted.
    let depth: Int
    /// How many expressions there are, this one counted.
    let size: Int
    /// Within parentheses: its names are no part of a longer one, so that `(a.b).c` is the field `c` of `a.b`.
    private(set) var isGrouped = false

    init(_ kind: Kind, at position: CELPosition) {
        self.kind = kind
        self.position = position
        let children = Self.children(of: kind)
        depth = (children.lazy.map(\.depth).max() ?? 0) + 1
        size = children.reduce(1) { $0 + $1.size }
    }

    public indirect enum Kind: Sendable {
        case literal(CELValue)
        /// A name by itself. It begins with a point when it was written so: then no variable of a macro hides it.
        case identifier(String)
        case select(CELExpression, field: String)
        /// `has(operand.field)`
        case has(CELExpression, field: String)
        case index(CELExpression, CELExpression)
        case not(CELExpression)
        case negation(CELExpression)
        case binary(CELOperator, CELExpression, CELExpression)
        /// `a && b && c`, two terms at least.
        case conjunction([CELExpression])
        /// `a || b || c`, two terms at least.
        case disjunction([CELExpression])
        case conditional(CELExpression, then: CELExpression, otherwise: CELExpression)
        case call(String, target: CELExpression?, arguments: [CELExpression])
        case list([CELExpression])
        case map([CELMapItem])
        /// `Name{field: value}`
        case construction(String, fields: [CELFieldItem])
        case comprehension(CELComprehension)
    }
}

/// `key: value` in the literal of a map.
public struct CELMapItem: Sendable {
    public let key: CELExpression
    public let value: CELExpression
}

/// `name: value` in the construction of a record.
public struct CELFieldItem: Sendable {
    public let name: String
    public let value: CELExpression
}

/// `range.macro(variable, …)`
public struct CELComprehension: Sendable {
    public enum Macro: String, Sendable {
        case all
        case exists
        case existsOne = "exists_one"
        case map
        case filter
    }

    public let macro: Macro
    public let range: CELExpression
    public let variable: String
    /// What is asked of each element; a `map` need not have it.
    public let condition: CELExpression?
    /// What `map` makes of each element, nil for all others.
    public let transform: CELExpression?
}

/// An operator between two expressions, but for `&&` and `||`.
public enum CELOperator: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case `in` = "in"
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"

    /// How tightly it binds.
    var precedence: Int {
        switch self {
        case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual, .in: 1
        case .add, .subtract: 2
        case .multiply, .divide, .modulo: 3
        }
    }
}

extension CELExpression {
    /// The expressions directly within this one, in the order of the text.
    public var children: [CELExpression] { Self.children(of: kind) }

    private static func children(of kind: Kind) -> [CELExpression] {
        switch kind {
        case .literal, .identifier: []
        case .select(let operand, _), .has(let operand, _), .not(let operand), .negation(let operand): [operand]
        case .index(let left, let right), .binary(_, let left, let right): [left, right]
        case .conjunction(let terms), .disjunction(let terms), .list(let terms): terms
        case .conditional(let condition, let then, let otherwise): [condition, then, otherwise]
        case .call(_, let target, let arguments): (target.map { [$0] } ?? []) + arguments
        case .map(let items): items.flatMap { [$0.key, $0.value] }
        case .construction(_, let fields): fields.map(\.value)
        case .comprehension(let comprehension):
            [comprehension.range] + [comprehension.condition, comprehension.transform].compactMap { $0 }
        }
    }

    var grouped: CELExpression {
        var copy = self
        copy.isGrouped = true
        return copy
    }

    /// `a.b.c` as its names; nil for anything but names joined by points, and within parentheses.
    var qualifiedName: [String]? { isGrouped ? nil : names }

    /// The same, whether it stands within parentheses or not.
    var names: [String]? {
        switch kind {
        case .identifier(let name): [name]
        case .select(let operand, let field): operand.qualifiedName.map { $0 + [field] }
        default: nil
        }
    }
}
