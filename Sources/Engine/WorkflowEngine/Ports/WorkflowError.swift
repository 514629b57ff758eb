/// Why the workflow refused.
public struct WorkflowError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// No such case, or no such change in it.
        case unknown
        /// A case of this id is already open.
        case exists
        /// The approved plan does not hold this change.
        case notApproved = "not_approved"
        /// Not possible in the state that it is in.
        case state
        /// A worker is at it at this moment.
        case busy
        /// A reason or a name is missing or outside its grammar.
        case invalid
        /// What is stored cannot be what was stored.
        case corrupt
    }

    public let code: Code
    /// What was being done, on what.
    public let operation: String
    public let message: String

    public init(code: Code, operation: String, message: String) {
        self.code = code
        self.operation = operation
        self.message = message
    }

    public var description: String { "\(operation): \(message) (\(code.rawValue))" }
}
