/// The values of the variables for one evaluation.
public struct CELActivation: Sendable {
    public private(set) var values: [CELValue?]

    /// No variable has a value yet.
    public init(_ environment: CELEnvironment) {
        values = Array(repeating: nil, count: environment.variables.count)
    }

    /// Values of names that the environment does not have are dropped.
    public init(_ environment: CELEnvironment, _ values: [String: CELValue]) {
        self.values = environment.variables.map { values[$0.name] }
    }

    /// The variable of a slot of the environment.
    public subscript(slot: Int) -> CELValue? {
        get { values[slot] }
        set { values[slot] = newValue }
    }
}
