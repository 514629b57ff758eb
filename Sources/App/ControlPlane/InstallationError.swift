/// Why an installation cannot do what was asked of it.
public struct InstallationError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// What was typed, or set in the environment, is not usable.
        case usage
        /// A file or folder cannot be read or written.
        case file
        /// Nothing here yet: no state, no definitions applied, no people.
        case missing
        /// The audit log and its checkpoint outside of the database do not agree.
        case rollback
        /// A guard or a policy stands against it.
        case denied
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

    public static func noCase(_ id: String) -> InstallationError {
        InstallationError(
            code: .missing, operation: "show the case", message: "there is no case `\(id)`; see `tenure case list`")
    }
}
