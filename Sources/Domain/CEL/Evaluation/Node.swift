/// A part of a program, made ready to be evaluated.
protocol Node: AnyObject, Sendable {
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue

    /// The value of a condition; a value of another type is an error.
    func test(_ frame: inout Frame) throws(CELError) -> Bool
}

extension Node {
    func test(_ frame: inout Frame) throws(CELError) -> Bool {
        let value = try evaluate(&frame)
        guard case .bool(let truth) = value else { throw .notBool(value) }
        return truth
    }
}

/// A part whose value is always a bool.
protocol ConditionNode: Node {}

extension ConditionNode {
    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue { .bool(try test(&frame)) }
}
