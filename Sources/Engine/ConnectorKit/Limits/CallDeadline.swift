import AccessModel

/// Until when the call to a target that runs here may begin requests.
///
/// A call is many requests. A worker that was paused between two of them wakes up when its lease is over and somebody
/// else has its work in hand: what it sent then could undo what that one did. So whoever changes anything asks first,
/// right before sending. What is left is the moment between the question and the wire.
public struct CallDeadline: Sendable {
    /// Of the call that the current task makes; nil outside of one.
    @TaskLocal public static var current: CallDeadline?

    private let end: Instant
    private let now: @Sendable () -> Instant

    public init(_ end: Instant, now: @escaping @Sendable () -> Instant) {
        self.end = end
        self.now = now
    }

    public static var isOver: Bool { current.map { $0.now() >= $0.end } ?? false }

    public static let explanation = "the time of the call was over before it was sent"

    /// Throws `unreachable` once the time is over, so that the target is read before anything is tried again.
    public static func check(_ operation: String) throws(ConnectorError) {
        guard isOver else { return }
        throw ConnectorError(code: .unreachable, operation: operation, message: explanation)
    }
}
