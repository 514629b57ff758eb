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

/// What one evaluation works on.
struct Frame {
    /// Of the activation, at least as many as the environment has.
    let variables: UnsafeBufferPointer<CELValue?>
    /// The variable of the outermost macro around.
    var outermost: CELValue = .null
    /// Of the macros within it, the innermost last.
    var locals: [CELValue] = []
    var budget: Budget
}

/// How much an evaluation may still cost. A step is about ten nanoseconds of work or sixteen bytes of a new value.
struct Budget {
    private(set) var remaining: Int

    init(_ limit: Int) { remaining = limit }

    @inline(__always)
    mutating func charge(_ steps: Int) throws(CELError) {
        remaining -= steps
        if remaining < 0 { throw .costLimit }
    }

    /// For reading `bytes` once.
    mutating func chargeReading(_ bytes: Int) throws(CELError) { try charge(bytes >> 6) }

    /// For reading a key.
    mutating func chargeReading(_ key: CELValue) throws(CELError) {
        if case .string(let key) = key { try chargeReading(key.utf8.count) }
    }

    /// For making a text or bytes of `bytes`.
    mutating func chargeMaking(_ bytes: Int) throws(CELError) { try charge(1 + bytes >> 4) }
}

extension CELError {
    static let costLimit = CELError(.costLimit, "the evaluation costs more than it may")

    static func notBool(_ value: CELValue) -> CELError {
        CELError(.noSuchOverload, "a condition is a bool, not \(value.typeName)")
    }

    static func noOverload(_ function: String, _ arguments: CELValue...) -> CELError {
        noOverload(function, arguments)
    }

    static func noOverload(_ function: String, _ arguments: [CELValue]) -> CELError {
        let types = arguments.map(\.typeName.name).joined(separator: ", ")
        return CELError(.noSuchOverload, "no such overload: `\(function)` of (\(types))")
    }

    static func overflow(_ what: String) -> CELError {
        CELError(.overflow, "overflow: \(what)")
    }

    /// Ends the evaluation whatever stands around it.
    var isFinal: Bool { code == .costLimit }
}
