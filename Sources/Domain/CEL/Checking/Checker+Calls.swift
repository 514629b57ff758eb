extension Checker {
    /// The type of what a call gives; reports when nothing takes such arguments.
    mutating func call(
        _ name: String, _ signatures: [Signature], _ arguments: [CELType], at position: CELPosition,
        isOperator: Bool = false
    ) -> CELType {
        let fitting = signatures.filter { $0.arguments.count == arguments.count }
        var matches: [(signature: Signature, result: CELType)] = []
        for signature in fitting {
            let mark = unifier.mark
            if let result = unifier.result(of: signature, for: arguments) { matches.append((signature, result)) }
            unifier.undo(to: mark)
        }
        guard let first = matches.first else {
            return report(misfit(name, signatures, arguments, isOperator: isOperator), at: position)
        }
        if matches.count == 1 { return unifier.result(of: first.signature, for: arguments) ?? .dyn }
        // What several would take is decided when the values are there.
        return matches.allSatisfy { $0.result == first.result && !$0.result.isOpen } ? first.result : .dyn
    }

    private func misfit(
        _ name: String, _ signatures: [Signature], _ arguments: [CELType], isOperator: Bool
    ) -> String {
        let types = arguments.map(show)
        if isOperator { return "`\(name)` is not defined for \(types.joined(separator: " and "))" }
        return "`\(name)` takes no (\(types.joined(separator: ", "))); it takes \(Self.list(signatures))"
    }

    private static func list(_ signatures: [Signature]) -> String {
        signatures.prefix(8).map { signature in
            let parts = signature.arguments.map(\.description)
            return signature.isMember
                ? "\(parts[0]).(\(parts.dropFirst().joined(separator: ", ")))" : "(\(parts.joined(separator: ", ")))"
        }.joined(separator: ", ")
    }

    mutating func typeOfIndex(
        _ expression: CELExpression, _ operand: CELExpression, _ index: CELExpression
    ) -> CELType {
        let types = [type(of: operand), type(of: index)]
        let (operandType, indexType) = (unifier.resolved(types[0]), unifier.resolved(types[1]))
        switch operandType {
        case .dyn: return .dyn
        case .list(let element) where unifier.accepts(indexType, as: .int): return unifier.resolved(element)
        case .map(let key, let value) where unifier.accepts(indexType, as: key): return unifier.resolved(value)
        case .list: return report("a list is indexed by int, not by \(show(indexType))", at: index.position)
        case .map(let key, _):
            return report("this map is indexed by \(show(key)), not by \(show(indexType))", at: index.position)
        case .parameter: return .dyn
        default: return report("a \(show(operandType)) cannot be indexed", at: expression.position)
        }
    }

    mutating func typeOfCall(
        _ expression: CELExpression, _ name: String, _ target: CELExpression?, _ arguments: [CELExpression]
    ) -> CELType {
        if let qualified = FunctionName.qualified(name, target: target, isLocal: isLocal) {
            let types = arguments.map { type(of: $0) }
            return call(qualified, Signature.functions[qualified] ?? [], types, at: expression.position)
        }
        let plain = name.hasPrefix(".") ? String(name.dropFirst()) : name
        if CELComprehension.Macro(rawValue: name) != nil || name == "has" {
            return report("the macro `\(name)` is called in another way", at: expression.position)
        }
        let types = ((target.map { [$0] } ?? []) + arguments).map { type(of: $0) }
        let known = Signature.functions[plain] ?? []
        let signatures = known.filter { $0.isMember == (target != nil) }
        guard !signatures.isEmpty else {
            return report(unknown(plain, isMember: target != nil, known: !known.isEmpty), at: expression.position)
        }
        return call(plain, signatures, types, at: expression.position)
    }

    private func unknown(_ name: String, isMember: Bool, known: Bool) -> String {
        if known { return isMember ? "`\(name)` is called as `\(name)(…)`" : "`\(name)` is called as `x.\(name)(…)`" }
        let candidates = Signature.functions.filter { $0.value.contains { $0.isMember == isMember } }.keys
        return "there is no function `\(name)`" + Suggestion.phrase(for: name, among: candidates)
    }

    func isLocal(_ name: String) -> Bool { locals.contains { $0.name == name } }
}

/// The names of functions that stand in a namespace, such as `strings.quote`.
enum FunctionName {
    private static let qualified = Set(Signature.functions.keys.filter { $0.contains(".") })

    /// `strings.quote` of the call of `quote` on `strings`; nil for the call of an ordinary function.
    static func qualified(_ name: String, target: CELExpression?, isLocal: (String) -> Bool) -> String? {
        guard let parts = target?.qualifiedName, let root = parts.first, !isLocal(root) else { return nil }
        let written = (parts + [name]).joined(separator: ".")
        let full = written.hasPrefix(".") ? String(written.dropFirst()) : written
        return qualified.contains(full) ? full : nil
    }
}
