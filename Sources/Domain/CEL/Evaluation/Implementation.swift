/// What a function does with its arguments, whatever they are.
enum Implementation: Sendable {
    typealias One = @Sendable (CELValue, inout Budget) throws(CELError) -> CELValue
    typealias Two = @Sendable (CELValue, CELValue, inout Budget) throws(CELError) -> CELValue
    typealias Many = @Sendable ([CELValue], inout Budget) throws(CELError) -> CELValue

    case one(One)
    case two(Two)
    case many(Many)
}

/// A call with one argument, or with a target alone.
final class UnaryCallNode: Node {
    let function: Implementation.One
    let argument: any Node

    init(_ function: @escaping Implementation.One, _ argument: any Node) {
        self.function = function
        self.argument = argument
    }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        try function(try argument.evaluate(&frame), &frame.budget)
    }
}

final class BinaryCallNode: Node {
    let function: Implementation.Two
    let first: any Node
    let second: any Node

    init(_ function: @escaping Implementation.Two, _ first: any Node, _ second: any Node) {
        self.function = function
        self.first = first
        self.second = second
    }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        let first = try first.evaluate(&frame)
        return try function(first, try second.evaluate(&frame), &frame.budget)
    }
}

final class CallNode: Node {
    let function: Implementation.Many
    let arguments: [any Node]

    init(_ function: @escaping Implementation.Many, _ arguments: [any Node]) {
        self.function = function
        self.arguments = arguments
    }

    func evaluate(_ frame: inout Frame) throws(CELError) -> CELValue {
        var values: [CELValue] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments { values.append(try argument.evaluate(&frame)) }
        return try function(values, &frame.budget)
    }
}
