/// Why the database did not do as it was asked.
public struct PersistenceError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The file or server cannot be opened or reached.
        case unavailable
        /// Another process holds it for too long.
        case busy
        /// No space, or the disk failed; nothing was committed.
        case storage
        /// A constraint would be broken.
        case constraint
        /// What is stored cannot be what was stored.
        case corrupt
        /// A newer Tenure wrote it, or a migration was changed.
        case schema
        /// The statement itself is wrong.
        case statement
    }

    public let code: Code
    public let operation: String
    public let message: String

    public init(code: Code, operation: String, message: String) {
        self.code = code
        self.operation = operation
        self.message = message
    }

    public var description: String { "\(operation): \(message) (\(code.rawValue))" }
}
