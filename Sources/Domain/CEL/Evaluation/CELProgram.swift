/// An expression, ready to be evaluated any number of times and by any number at once.
public struct CELProgram: Sendable {
    /// Enough for any sensible condition; a tenth of a second at most.
    public static let defaultLimit = 1_000_000

    public var source: String { parts.source }
    public var expression: CELExpression { parts.expression }
    public var environment: CELEnvironment { parts.environment }
    /// The type of its value, `dyn` where it is not known before.
    public var type: CELType { parts.type }
    private let parts: Parts

    /// One object, so that a program is handed on at the cost of one reference.
    private final class Parts: Sendable {
        let source: String
        let expression: CELExpression
        let environment: CELEnvironment
        let type: CELType
        let root: any Node
        let variables: Int

        init(
            source: String, expression: CELExpression, environment: CELEnvironment, type: CELType, root: any Node
        ) {
            self.source = source
            self.expression = expression
            self.environment = environment
            self.type = type
            self.root = root
            variables = environment.variables.count
        }
    }

    /// Reads and, when `checked`, type-checks an expression.
    ///
    /// Unchecked, all that concerns types and names is found when it is evaluated.
    /// - Parameter expecting: the type that its value must have; looked at only when it is checked.
    /// - Throws: every problem that was found, each with where it stands.
    public static func compile(
        _ source: String, in environment: CELEnvironment, expecting: CELType? = nil, checked: Bool = true
    ) throws(CELProblems) -> CELProgram {
        let expression = try Parser.parse(source)
        var type = CELType.dyn
        if checked {
            var checker = Checker(environment)
            let found = checker.type(of: expression)
            if let expecting { checker.require(found, expecting, at: expression.position) }
            guard checker.problems.isEmpty else { throw CELProblems(checker.problems) }
            type = checker.unifier.resolved(found).closed
        }
        var compiler = Compiler(environment)
        let root = compiler.node(for: expression)
        guard !checked || compiler.problems.isEmpty else { throw CELProblems(compiler.problems) }
        return CELProgram(
            parts: Parts(source: source, expression: expression, environment: environment, type: type, root: root))
    }

    private init(parts: Parts) { self.parts = parts }

    /// The value of the expression.
    /// - Parameter activation: made for the environment of the program.
    /// - Parameter limit: how many steps it may cost, each of about ten nanoseconds.
    public func evaluate(
        _ activation: CELActivation, limit: Int = defaultLimit
    ) throws(CELError) -> CELValue {
        try evaluate(activation, limit: limit) { (root, frame) throws(CELError) in try root.evaluate(&frame) }
    }

    /// Whether the condition holds; a value that is no bool is an error.
    public func isTrue(_ activation: CELActivation, limit: Int = defaultLimit) throws(CELError) -> Bool {
        try evaluate(activation, limit: limit) { (root, frame) throws(CELError) in try root.test(&frame) }
    }

    @inline(__always)
    private func evaluate<Outcome>(
        _ activation: CELActivation, limit: Int,
        _ body: (any Node, inout Frame) throws(CELError) -> Outcome
    ) throws(CELError) -> Outcome {
        guard activation.values.count >= parts.variables else {
            throw CELError(.undeclaredReference, "the activation was made for another environment")
        }
        return try activation.values.withUnsafeBufferPointer { (values) throws(CELError) in
            var frame = Frame(variables: values, budget: Budget(limit))
            return try body(parts.root, &frame)
        }
    }
}

extension CELProgram {
    /// What the expression reads: the inputs that matter.
    public var references: [CELReference] { expression.references }
}
