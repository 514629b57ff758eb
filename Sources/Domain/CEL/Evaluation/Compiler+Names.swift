extension Compiler {
    mutating func named(_ expression: CELExpression) -> any Node {
        if var parts = expression.names {
            let isAbsolute = parts[0].hasPrefix(".")
            if isAbsolute { parts[0].removeFirst() }
            return path(parts, isAbsolute: isAbsolute).node
        }
        guard case .select(let operand, let field) = expression.kind else { return node(for: expression) }
        return select(typed(operand), field).node
    }

    /// A part and the type that is declared for its value.
    private struct Typed {
        let node: any Node
        let type: CELType?
    }

    private mutating func typed(_ expression: CELExpression) -> Typed {
        if var parts = expression.names {
            let isAbsolute = parts[0].hasPrefix(".")
            if isAbsolute { parts[0].removeFirst() }
            return path(parts, isAbsolute: isAbsolute)
        }
        if case .select(let operand, let field) = expression.kind {
            return select(typed(operand), field)
        }
        return Typed(node: node(for: expression), type: nil)
    }

    private func path(_ parts: [String], isAbsolute: Bool) -> Typed {
        var current: Typed
        let taken: Int
        if !isAbsolute, let local = locals.lastIndex(of: parts[0]) {
            let node: any Node = local == 0 ? OutermostLocalNode() : LocalNode(local - 1)
            (current, taken) = (Typed(node: node, type: nil), 1)
        } else if let name = environment.resolve(parts) {
            switch name.meaning {
            case .variable(let slot):
                let variable = environment.variables[slot]
                current = Typed(node: VariableNode(slot: slot, name: variable.name), type: variable.type)
            case .type(let name): current = Typed(node: ConstantNode(.type(name)), type: nil)
            }
            taken = name.parts
        } else {
            let error = CELError(.undeclaredReference, "undeclared reference: there is no variable `\(parts[0])`")
            return Typed(node: FailingNode(error), type: nil)
        }
        for field in parts.dropFirst(taken) { current = select(current, field) }
        return current
    }

    private func select(_ operand: Typed, _ field: String) -> Typed {
        guard case .record(let record)? = operand.type, let number = record.number(of: field) else {
            return Typed(node: SelectNode(operand.node, field, hint: nil), type: nil)
        }
        let hint = FieldHint(type: record, number: number)
        let type = record.fields[number].type
        if let variable = operand.node as? VariableNode {
            let node = RecordFieldNode(slot: variable.slot, name: variable.name, field: field, hint: hint)
            return Typed(node: node, type: type)
        }
        return Typed(node: SelectNode(operand.node, field, hint: hint), type: type)
    }
}
