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
                CELError(
                    .noSuchOverload, "no such overload: no function `\(plain)` of \(arguments.count) arguments"))
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
        guard case .string(let text)? = (parts.last as? ConstantNode)?.value else { return nil }
        if parts.count == 1, !isMember { return moment(name, text, at: position) }
        guard parts.count == 2 else { return nil }
        if isMember, let test = TextTestNode.Test(rawValue: name) { return TextTestNode(parts[0], test, text) }
        do throws(CELError) {
            if name == "matches" { return MatchNode(parts[0], try pattern(text)) }
            guard isMember, let field = CELTimestampField(rawValue: name) else { return nil }
            return UnaryCallNode(try Library.part(field, in: text), parts[0])
        } catch {
            report(error, at: position)
            return nil
        }
    }

    /// `timestamp("…")` and `duration("…")`, which are read once.
    private mutating func moment(_ name: String, _ text: CELString, at position: CELPosition?) -> (any Node)? {
        do throws(CELError) {
            switch name {
            case "timestamp": return ConstantNode(try Conversion.timestamp(.string(text)))
            case "duration": return ConstantNode(try Conversion.duration(.string(text)))
            default: return nil
            }
        } catch {
            report(error, at: position)
            return nil
        }
    }

    private mutating func report(_ error: CELError, at position: CELPosition?) {
        if let position { problems.append(CELProblem(position: position, message: error.message)) }
    }
}
