import AccessModel
import ConnectorKit

/// Why an attempt to tell somebody came to nothing. Its text holds no secret.
public struct NoticeFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String
    /// It will never be taken as it is; nothing is gained by trying again.
    public let isFinal: Bool
    /// The whole channel is in trouble, not this one message: others would fare no better now.
    public let isOfChannel: Bool
    /// What the other side asks to wait.
    public let retryAfter: Span?

    public init(_ message: String, isFinal: Bool = false, isOfChannel: Bool = false, retryAfter: Span? = nil) {
        self.message = message
        self.isFinal = isFinal
        self.isOfChannel = isOfChannel
        self.retryAfter = retryAfter
    }

    init(_ error: ConnectorError) {
        self.init("\(error)", isOfChannel: true, retryAfter: error.retryAfter)
    }

    public var description: String { message }
}

/// Hands one notice over. Made once for a run, from a channel and its secrets.
protocol NoticeSender: Sendable {
    /// Returns once the other side has taken it.
    ///
    /// - Parameter limit: How long it may take; a task that is cancelled ends sooner.
    func send(_ delivery: NoticeOnItsWay, limit: Span) async throws(NoticeFailure)

    func close() async
}
