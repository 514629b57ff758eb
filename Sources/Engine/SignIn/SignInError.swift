/// What goes wrong while somebody signs in, as whoever runs the server may read it. Never with a token or a secret.
public struct SignInError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The provider's settings, or its answer, cannot be used.
        case provider
        /// It does not answer.
        case unreachable
        /// What was presented is refused.
        case refused
    }

    public let code: Code
    public let operation: String
    public let message: String

    public init(code: Code, operation: String, message: String) {
        self.code = code
        self.operation = operation
        self.message = message
    }

    public var description: String { "\(operation): \(message)" }
}
