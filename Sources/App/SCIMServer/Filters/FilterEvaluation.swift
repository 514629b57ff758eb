import AccessModel
import StrictJSON

/// Whether one value of an attribute fits a filter: for the brackets in the path of a patch.
struct FilterEvaluation {
    let definition: AttributeDefinition

    /// Whether a value of the attribute fits; a path that it does not have is refused.
    func fits(_ value: JSONValue, _ filter: Filter) throws(SCIMError) -> Bool {
        switch filter {
        case .and(let left, let right):
            let (first, second) = (try fits(value, left), try fits(value, right))
            return first && second
        case .or(let left, let right):
            let (first, second) = (try fits(value, left), try fits(value, right))
            return first || second
        case .not(let filter): return try !fits(value, filter)
        case .values: throw .filter("a bracket stands within a bracket")
        case .present(let path):
            let (_, found) = try self.value(path, in: value)
            return Self.isPresent(found)
        case .compare(let path, let comparison, let literal):
            let (sub, found) = try self.value(path, in: value)
            return try Self.compare(found, comparison, literal, sub)
        }
    }

    private func value(_ path: String, in value: JSONValue) throws(SCIMError) -> (AttributeDefinition, JSONValue?) {
        guard let sub = definition.subAttribute(path) else {
            throw .filter("\(TextRule.quoted(path)) is no attribute of `\(definition.name)`")
        }
        return (sub, value[sub.name])
    }

    private static func isPresent(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null?: false
        case .string(let text)?: !text.isEmpty
        default: true
        }
    }

    static func compare(
        _ value: JSONValue?, _ comparison: Filter.Operator, _ literal: Filter.Literal, _ definition: AttributeDefinition
    ) throws(SCIMError) -> Bool {
        let operand = try FilterOperand(literal, comparison, definition)
        switch operand {
        case .absent: return isPresent(value) == (comparison == .notEqual)
        case .bool(let expected):
            guard let given = value?.bool else { return comparison == .notEqual }
            return (given == expected) == (comparison == .equal)
        case .text(let expected):
            guard let text = value?.string, !text.isEmpty else { return comparison == .notEqual }
            let given = definition.caseExact ? text : CaseFold.key(of: text)
            return comparison.holds(Array(given.utf8), Array(expected.utf8))
        case .instant(let expected):
            guard let given = value?.string.flatMap({ Instant($0) }) else { return comparison == .notEqual }
            return comparison.holds([given.milliseconds], [expected.milliseconds])
        }
    }
}

/// What an attribute is compared with, in the form in which it is kept.
enum FilterOperand {
    case absent
    case bool(Bool)
    case text(String)
    case instant(Instant)

    /// Refuses what cannot be asked of an attribute of this kind.
    init(
        _ literal: Filter.Literal, _ comparison: Filter.Operator, _ definition: AttributeDefinition
    ) throws(SCIMError) {
        func refuse(_ message: String) -> SCIMError {
            .filter("`\(definition.name) \(comparison.rawValue)`: \(message)")
        }
        switch (definition.kind, literal) {
        case (_, .null):
            guard comparison == .equal || comparison == .notEqual else { throw refuse("null has no order and no text") }
            self = .absent
        case (.boolean, .bool(let value)):
            guard comparison == .equal || comparison == .notEqual else { throw refuse("it is true or false, no more") }
            self = .bool(value)
        case (.boolean, .string(let text)) where ["true", "false"].contains(text.lowercased()):
            self = try FilterOperand(.bool(text.lowercased() == "true"), comparison, definition)
        case (.dateTime, .string(let text)):
            guard !comparison.isWithinText else { throw refuse("a time is no text") }
            guard let instant = Instant(text) else { throw refuse("expected a time like `2026-11-21T17:00:00Z`") }
            self = .instant(instant)
        case (.string, .string(let text)), (.reference, .string(let text)), (.binary, .string(let text)):
            guard definition.kind != .binary || !comparison.isOrdering else { throw refuse("bytes have no order") }
            guard !text.utf8.contains(0) else { throw refuse("U+0000 is no text") }
            self = .text(definition.caseExact ? text : CaseFold.key(of: text))
        case (.complex, _): throw refuse("name one of its attributes")
        default: throw refuse("a value of type \(definition.kind.rawValue) was expected")
        }
    }
}

extension Filter.Operator {
    /// By the order of the elements.
    func holds<Element: Comparable>(_ value: [Element], _ operand: [Element]) -> Bool {
        switch self {
        case .equal: value == operand
        case .notEqual: value != operand
        case .contains: operand.isEmpty || value.indices.contains { value[$0...].starts(with: operand) }
        case .startsWith: value.starts(with: operand)
        case .endsWith: value.reversed().starts(with: operand.reversed())
        case .greater: operand.lexicographicallyPrecedes(value)
        case .greaterOrEqual: !value.lexicographicallyPrecedes(operand)
        case .less: value.lexicographicallyPrecedes(operand)
        case .lessOrEqual: !operand.lexicographicallyPrecedes(value)
        }
    }
}
