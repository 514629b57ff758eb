/// `left == right`, or `left != right`.
final class EqualityNode: ConditionNode {
    let left: any Node
    let right: any Node
    let wanted: Bool

    init(_ left: any Node, _ right: any Node, wanted: Bool) {
        self.left = left
        self.right = right
        self.wanted = wanted
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        let left = try left.evaluate(&frame)
        let right = try right.evaluate(&frame)
        return try Comparison.equal(left, right, &frame.budget) == wanted
    }
}

/// The comparison of something with a text that stands in the expression.
final class TextEqualityNode: ConditionNode {
    let operand: any Node
    let text: CELString
    let wanted: Bool

    init(_ operand: any Node, _ text: CELString, wanted: Bool) {
        self.operand = operand
        self.text = text
        self.wanted = wanted
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        guard case .string(let value) = try operand.evaluate(&frame) else { return !wanted }
        return (value == text) == wanted
    }
}

/// The comparison of a record's field with a text that stands in the expression.
final class FieldTextEqualityNode: ConditionNode {
    let operand: RecordFieldNode
    let slot: Int
    let number: Int
    let type: CELRecordType
    let text: CELString
    let wanted: Bool

    init(_ operand: RecordFieldNode, _ text: CELString, wanted: Bool) {
        self.operand = operand
        slot = operand.slot
        number = operand.hint.number
        type = operand.hint.type
        self.text = text
        self.wanted = wanted
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        if case .record(let record) = frame.variables[slot], record.type === type,
            case .string(let value) = record.values[number]
        {
            return (value == text) == wanted
        }
        guard case .string(let value) = try operand.evaluate(&frame) else { return !wanted }
        return (value == text) == wanted
    }
}

/// `left < right` and its like.
final class OrderingNode: ConditionNode {
    let operation: CELOperator
    let left: any Node
    let right: any Node

    init(_ operation: CELOperator, _ left: any Node, _ right: any Node) {
        self.operation = operation
        self.left = left
        self.right = right
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        let left = try left.evaluate(&frame)
        let right = try right.evaluate(&frame)
        guard let order = Comparison.order(left, right) else { throw .noOverload(operation.rawValue, left, right) }
        return switch operation {
        case .less: order == .less
        case .lessOrEqual: order == .less || order == .equal
        case .greater: order == .greater
        default: order == .greater || order == .equal
        }
    }
}

/// `left in right`
final class MembershipNode: ConditionNode {
    let left: any Node
    let right: any Node

    init(_ left: any Node, _ right: any Node) {
        self.left = left
        self.right = right
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        let left = try left.evaluate(&frame)
        switch try right.evaluate(&frame) {
        case .list(let list):
            if case .string(let text) = left { return try Comparison.contains(list, text, &frame.budget) }
            for element in list where try Comparison.equal(element, left, &frame.budget, floor: 1) { return true }
            return false
        case .map(let map):
            try frame.budget.chargeReading(left)
            return map[left] != nil
        case let right: throw .noOverload("in", left, right)
        }
    }
}

/// `"text" in variable.field` of a record.
final class FieldContainsNode: ConditionNode {
    let general: MembershipNode
    let slot: Int
    let number: Int
    let type: CELRecordType
    let text: CELString

    init(_ left: any Node, _ text: CELString, _ field: RecordFieldNode) {
        general = MembershipNode(left, field)
        slot = field.slot
        number = field.hint.number
        type = field.hint.type
        self.text = text
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        if case .record(let record) = frame.variables[slot], record.type === type,
            case .list(let list) = record.values[number]
        {
            return try Comparison.contains(list, text, &frame.budget)
        }
        return try general.test(&frame)
    }
}

/// `operand in [constants]`
final class ConstantMembershipNode: ConditionNode {
    let operand: any Node
    let constants: ConstantSet

    init(_ operand: any Node, _ constants: ConstantSet) {
        self.operand = operand
        self.constants = constants
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        constants.contains(try operand.evaluate(&frame))
    }
}

/// `variable.field in [constants]` of a record.
final class FieldMembershipNode: ConditionNode {
    let operand: RecordFieldNode
    let slot: Int
    let number: Int
    let type: CELRecordType
    let constants: ConstantSet

    init(_ operand: RecordFieldNode, _ constants: ConstantSet) {
        self.operand = operand
        slot = operand.slot
        number = operand.hint.number
        type = operand.hint.type
        self.constants = constants
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        if case .record(let record) = frame.variables[slot], record.type === type,
            case .string(let value) = record.values[number]
        {
            return constants.contains(text: value)
        }
        return constants.contains(try operand.evaluate(&frame))
    }
}
