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
