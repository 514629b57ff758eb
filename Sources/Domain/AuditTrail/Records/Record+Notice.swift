import AccessModel
import StrictJSON

/// A notice, and the way that it went.
public struct ToldNotice: Hashable, Sendable {
    public let id: String
    public let kind: String
    public let channel: String
    /// Nil where the channel has one receiver.
    public let recipient: String?
    public let attempts: Int

    public init(id: String, kind: String, channel: String, recipient: String?, attempts: Int) {
        self.id = id
        self.kind = kind
        self.channel = channel
        self.recipient = recipient
        self.attempts = attempts
    }
}

extension Record {
    /// `notice.delivered` `{notice, kind, channel, recipient?, attempts}`: somebody was told; the other side took it.
    public static func noticeDelivered(_ context: RecordContext, _ told: ToldNotice) -> Record {
        Record(.noticeDelivered, context, body(of: told))
    }

    /// `notice.given_up` `{notice, kind, channel, recipient?, attempts, problem}`: somebody was not told, and will not be.
    public static func noticeGivenUp(_ context: RecordContext, _ told: ToldNotice, problem: String) -> Record {
        Record(.noticeGivenUp, context, body(of: told, problem: problem))
    }

    private static func body(
        of told: ToldNotice, problem: String? = nil
    ) -> KeyValuePairs<String, JSONValue?> {
        [
            "notice": .string(told.id), "kind": .string(told.kind), "channel": .string(told.channel),
            "recipient": told.recipient.map { .string($0) }, "attempts": .int(told.attempts),
            "problem": problem.map { .string($0) },
        ]
    }
}
