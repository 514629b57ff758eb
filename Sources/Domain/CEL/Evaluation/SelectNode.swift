/// `operand.field`
final class SelectNode: Node {
    let operand: any Node
    let field: CELString
    /// Where the field stands in records of the type that is expected.
    let hint: FieldHint?
    /// Made beforehand: that a map lacks a key is nothing unusual.
    let missing: CELError

    init(_ operand: any Node, _ field: String, hint: FieldHint?) {
        self.operand = operand
        self.field = CELString(field)
        self.hint = hint
        missing = Selection.noKey(.string(self.field))
    }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try operand.evaluate(&frame)
        if case .map(let map) = value {
            guard let value = map[field] else { throw missing }
            return value
        }
        return try Selection.select(field, of: value, hint: hint)
    }
}

/// The number of a field in a type of records.
struct FieldHint: Sendable {
    let type: CELRecordType
    let number: Int
}

/// `variable.field` of a record.
final class RecordFieldNode: Node {
    let slot: Int
    let name: String
    let field: CELString
    let hint: FieldHint
    /// Made beforehand: that a field is not set is nothing unusual.
    let missing: CELError

    init(slot: Int, name: String, field: String, hint: FieldHint) {
        self.slot = slot
        self.name = name
        self.field = CELString(field)
        self.hint = hint
        missing = Selection.notSet(self.field, hint.type)
    }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        guard let value = frame.variables[slot] else { throw .unset(name) }
        if case .record(let record) = value, record.type === hint.type {
            guard let value = record.values[hint.number] else { throw missing }
            return value
        }
        return try Selection.select(field, of: value, hint: nil)
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        if case .record(let record) = frame.variables[slot], record.type === hint.type,
            case .bool(let truth) = record.values[hint.number]
        {
            return truth
        }
        let value = try evaluate(&frame)
        guard case .bool(let truth) = value else { throw .notBool(value) }
        return truth
    }
}

/// `has(operand.field)`
final class HasNode: ConditionNode {
    let operand: any Node
    let field: CELString

    init(_ operand: any Node, _ field: String) {
        self.operand = operand
        self.field = CELString(field)
    }

    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        switch try operand.evaluate(&frame) {
        case .map(let map): return map[field] != nil
        case .record(let record):
            guard let number = record.type.number(of: field.text) else { throw Selection.noField(field, record) }
            return record.values[number] != nil
        case let value: throw Selection.noFields(field, value)
        }
    }
}

/// `operand[index]`
final class IndexNode: Node {
    let operand: any Node
    let index: any Node

    init(_ operand: any Node, _ index: any Node) {
        self.operand = operand
        self.index = index
    }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let value = try operand.evaluate(&frame)
        return try Selection.index(value, by: try index.evaluate(&frame), &frame.budget)
    }
}

/// How parts of values are found.
enum Selection {
    static func select(_ field: CELString, of value: CELValue, hint: FieldHint?) throws(CELError) -> CELValue {
        switch value {
        case .record(let record):
            let number = hint?.type === record.type ? hint?.number : record.type.number(of: field.text)
            guard let number else { throw noField(field, record) }
            guard let value = record.values[number] else { throw notSet(field, record.type) }
            return value
        case .map(let map):
            guard let value = map[field] else { throw noKey(.string(field)) }
            return value
        default: throw noFields(field, value)
        }
    }

    static func index(
        _ value: CELValue, by index: CELValue, _ budget: inout Budget
    ) throws(CELError) -> CELValue {
        switch value {
        case .list(let list):
            guard let number = CELNumber(index) else { throw .noOverload("_[_]", value, index) }
            guard let position = number.exactInt else {
                throw CELError(.invalidArgument, "a list is indexed by whole numbers, not by \(index.briefly)")
            }
            guard list.indices.contains(Int(position)) else {
                throw CELError(.indexOutOfRange, "index out of range: \(position) of a list of \(list.count)")
            }
            return list[Int(position)]
        case .map(let map):
            try budget.chargeReading(index)
            guard let value = map[index] else { throw noKey(index) }
            return value
        default: throw .noOverload("_[_]", value, index)
        }
    }

    static func notSet(_ field: CELString, _ type: CELRecordType) -> CELError {
        CELError(.noSuchKey, "no such key: the field `\(field)` of `\(type.name)` is not set")
    }

    static func noKey(_ key: CELValue) -> CELError { CELError(.noSuchKey, "no such key: \(key.briefly)") }

    static func noField(_ field: CELString, _ record: CELRecord) -> CELError {
        CELError(.noSuchField, "no such field: `\(record.type.name)` has no `\(field)`")
    }

    static func noFields(_ field: CELString, _ value: CELValue) -> CELError {
        CELError(.noSuchOverload, "no such overload: cannot select `\(field)` of \(value.typeName)")
    }
}
