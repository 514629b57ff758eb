import AccessModel

/// Why a target did not do as it was asked. Its texts hold no secret.
public struct ConnectorError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// No answer: refused, timed out, broken off. The change may have happened or not.
        case unreachable
        /// The target asks to slow down.
        case throttled
        /// The target failed on its side.
        case targetFailure = "target_failure"
        /// What the change needs is not there (yet): a group without its first member's account, say.
        case missingDependency = "missing_dependency"
        /// Somebody else changed it in between; read again.
        case conflict
        case unauthorized
        case forbidden
        /// The target will never take this change as it is.
        case invalid
        /// The target's listing cannot be proven whole.
        case incomplete
        /// Settings or credential are not usable.
        case configuration
    }

    public let code: Code
    /// What was being done, on what: `add member e-0001 to payments-live-readers`.
    public let operation: String
    /// What the target said, in short.
    public let message: String
    /// What the target stated to wait before the next try.
    public let retryAfter: Span?
    /// Of a `configuration` error: the setting that is wrong, where it is one.
    public let setting: String?

    public init(
        code: Code, operation: String, message: String, retryAfter: Span? = nil, setting: String? = nil
    ) {
        self.code = code
        self.operation = operation
        self.message = message
        self.retryAfter = retryAfter
        self.setting = setting
    }

    /// Whether the same change may succeed later without anybody's doing.
    public var isRetryable: Bool {
        switch code {
        case .unreachable, .throttled, .targetFailure, .missingDependency, .conflict, .incomplete: true
        case .unauthorized, .forbidden, .invalid, .configuration: false
        }
    }

    public var description: String { "\(operation): \(message) (\(code.rawValue))" }
}
