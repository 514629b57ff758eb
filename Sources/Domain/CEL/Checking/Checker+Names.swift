extension Checker {
    /// The type of an identifier or a selection: of the longest prefix that is known, and the fields after it.
    mutating func typeOfName(_ expression: CELExpression) -> CELType {
        guard var parts = expression.names else {
            guard case .select(let operand, let field) = expression.kind else { return .dyn }
            return fieldType(field, of: type(of: operand), at: expression.position)
        }
        let isAbsolute = parts[0].hasPrefix(".")
        if isAbsolute { parts[0].removeFirst() }
        return typeOfPath(parts, of: expression, isAbsolute: isAbsolute)
    }

    private mutating func typeOfPath(_ parts: [String], of expression: CELExpression, isAbsolute: Bool) -> CELType {
        var type: CELType
        let taken: Int
        if !isAbsolute, let local = locals.last(where: { $0.name == parts[0] }) {
            (type, taken) = (local.type, 1)
        } else if let name = environment.resolve(parts) {
            switch name.meaning {
            case .variable(let slot): type = environment.variables[slot].type
            case .type(let name): type = .type(CELType(named: name))
            }
            taken = name.parts
        } else {
            return unknown(parts, expression)
        }
        let positions = expression.namePositions
        for (field, position) in zip(parts, positions).dropFirst(taken) {
            type = fieldType(field, of: type, at: position)
        }
        return type
    }

    private mutating func unknown(_ parts: [String], _ expression: CELExpression) -> CELType {
        let name = parts[0]
        let candidates = environment.variables.map(\.name) + locals.map(\.name)
        let full = parts.joined(separator: ".")
        let qualified = Suggestion.phrase(for: full, among: candidates)
        let phrase = qualified.isEmpty ? Suggestion.phrase(for: name, among: candidates) : qualified
        return report("there is no variable `\(name)`\(phrase)", at: expression.namePositions[0])
    }

    /// The type of the field `field` of a value of type `type`.
    mutating func fieldType(
        _ field: String, of type: CELType, at position: CELPosition, verb: String = "select"
    ) -> CELType {
        switch unifier.resolved(type) {
        case .dyn, .parameter: return .dyn
        case .map(let key, let value):
            guard unifier.accepts(.string, as: key) else {
                return report("the keys of this map are \(show(key)); it has no field `\(field)`", at: position)
            }
            return unifier.resolved(value)
        case .record(let record):
            if let number = record.number(of: field) { return record.fields[number].type }
            let phrase = Suggestion.phrase(for: field, among: record.fields.map(\.name))
            return report("`\(record.name)` has no field `\(field)`\(phrase)", at: position)
        case let other: return report("cannot \(verb) `\(field)` of a \(show(other)): it has no fields", at: position)
        }
    }

    mutating func typeOfComprehension(_ comprehension: CELComprehension) -> CELType {
        let declared = type(of: comprehension.range)
        let range = unifier.resolved(declared)
        let element: CELType
        switch range {
        case .list(let type): element = type
        case .map(let key, _): element = key
        case .dyn, .parameter: element = .dyn
        default:
            element = report(
                "`\(comprehension.macro.rawValue)` walks through a list or a map, not a \(show(range))",
                at: comprehension.range.position)
        }
        locals.append((comprehension.variable, element))
        defer { locals.removeLast() }
        if let condition = comprehension.condition {
            require(condition, .bool, "the condition of `\(comprehension.macro.rawValue)`")
        }
        switch comprehension.macro {
        case .all, .exists, .existsOne: return .bool
        case .filter: return .list(unifier.resolved(element))
        case .map: return .list(comprehension.transform.map { type(of: $0) } ?? .dyn)
        }
    }
}

extension CELExpression {
    /// Where each part of a qualified name stands.
    fileprivate var namePositions: [CELPosition] {
        if case .select(let operand, _) = kind { return operand.namePositions + [position] }
        return [position]
    }
}
