extension Compiler {
    mutating func call(
        _ expression: CELExpression, _ name: String, _ target: CELExpression?, _ arguments: [CELExpression]
    ) -> any Node {
        let qualified = FunctionName.qualified(name, target: target) { locals.contains($0) }
        let isMember = target != nil && qualified == nil
        let parts = (isMember ? target.map { [node(for: $0)] } ?? [] : []) + arguments.map { node(for: $0) }
        let plain = qualified ?? (name.hasPrefix(".") ? String(name.dropFirst()) : name)
        if let prepared = prepared(plain, parts, isMember: isMember, at: arguments.last?.position) { return prepared }
        guard let function = Library.function(plain, isMember: isMember, arguments: parts.count) else {
            return FailingNode(
                CELError(.noSuchOverload, "no such overload: no function `\(plain)` of \(parts.count) arguments"))
        }
        switch function {
        case .one(let body): return UnaryCallNode(body, parts[0])
        case .two(let body): return BinaryCallNode(body, parts[0], parts[1])
        case .many(let body): return CallNode(body, parts)
        }
    }

    /// The call of a function whose last argument stands in the expression and takes some preparation. What is wrong
    /// with it is a problem of the expression.
    private mutating func prepared(
        _ name: String, _ parts: [any Node], isMember: Bool, at position: CELPosition?
    ) -> (any Node)? {
        guard parts.count == 2, case .string(let text)? = (parts[1] as? ConstantNode)?.value else { return nil }
        if isMember, let test = TextTestNode.Test(rawValue: name) { return TextTestNode(parts[0], test, text) }
        do throws(CELError) {
            if name == "matches" { return MatchNode(parts[0], try Library.pattern(text, prepared: true)) }
            guard isMember, let field = CELTimestampField(rawValue: name) else { return nil }
            return UnaryCallNode(try Library.part(field, in: text), parts[0])
        } catch {
            if let position { problems.append(CELProblem(position: position, message: error.message)) }
            return nil
        }
    }
}
