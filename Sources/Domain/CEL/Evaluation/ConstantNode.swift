/// A value that stands in the expression.
final class ConstantNode: Node {
    let value: CELValue

    init(_ value: CELValue) { self.value = value }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue { value }
}

/// Something that has no value whenever it is asked.
final class FailingNode: Node {
    let error: CELError

    init(_ error: CELError) { self.error = error }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue { throw error }
}

final class VariableNode: Node {
    let slot: Int
    let name: String

    init(slot: Int, name: String) {
        self.slot = slot
        self.name = name
    }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        guard let value = frame.variables[slot] else { throw .unset(name) }
        return value
    }
}

/// The variable of a macro that stands within no other.
final class OutermostLocalNode: Node {
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue { frame.outermost }
}

/// The variable of a macro within others.
final class LocalNode: Node {
    let index: Int

    init(_ index: Int) { self.index = index }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue { frame.locals[index] }
}

extension CELError {
    static func unset(_ name: String) -> CELError {
        CELError(.undeclaredReference, "no such attribute: the variable `\(name)` has no value")
    }
}
