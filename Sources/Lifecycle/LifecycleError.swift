/// Why the lifecycle refused.
public struct LifecycleError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// No such person, group, hold, or nothing applied yet.
        case unknown
        /// A feed, an event or a plan file that cannot be taken as it is.
        case invalid
        /// A guard or a rule stands against it; a second person may be needed.
        case denied
        /// The world is no longer what a reviewed plan saw.
        case stale
        /// It is not as whoever asks has seen it.
        case changed
        /// What is stored cannot be what was stored.
        case corrupt
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
