/// `[a, b, …]`
final class ListNode: Node {
    let items: [any Node]

    init(_ items: [any Node]) { self.items = items }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        try frame.budget.charge(items.count)
        var values: [CELValue] = []
        values.reserveCapacity(items.count)
        for item in items { values.append(try item.evaluate(&frame)) }
        return .list(values)
    }
}

/// `{a: b, …}`
final class MapNode: Node {
    let keys: [any Node]
    let values: [any Node]

    init(keys: [any Node], values: [any Node]) {
        self.keys = keys
        self.values = values
    }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        try frame.budget.charge(2 * keys.count)
        var entries: [CELMap.Entry] = []
        entries.reserveCapacity(keys.count)
        for (key, value) in zip(keys, values) {
            entries.append(CELMap.Entry(key: try key.evaluate(&frame), value: try value.evaluate(&frame)))
        }
        return .map(try CELMap(entries))
    }
}

/// `left + right` and its like.
final class ArithmeticNode: Node {
    let operation: CELOperator
    let left: any Node
    let right: any Node

    init(_ operation: CELOperator, _ left: any Node, _ right: any Node) {
        self.operation = operation
        self.left = left
        self.right = right
    }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let left = try left.evaluate(&frame)
        let right = try right.evaluate(&frame)
        switch operation {
        case .add: return try Arithmetic.add(left, right, &frame.budget)
        case .subtract: return try Arithmetic.subtract(left, right)
        case .multiply: return try Arithmetic.multiply(left, right)
        case .divide: return try Arithmetic.divide(left, right)
        default: return try Arithmetic.modulo(left, right)
        }
    }
}

/// `-operand`
final class NegationNode: Node {
    let operand: any Node

    init(_ operand: any Node) { self.operand = operand }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        switch try operand.evaluate(&frame) {
        case .int(let value):
            guard value != .min else { throw .overflow("-(\(value)) is beyond the range of int") }
            return .int(-value)
        case .double(let value): return .double(-value)
        case let value: throw .noOverload("-", value)
        }
    }
}
