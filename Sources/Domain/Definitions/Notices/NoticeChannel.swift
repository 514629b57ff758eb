import AccessModel

/// One way out for notices, as `notices.yaml` gives it.
public struct NoticeChannel: Sendable {
    public enum Kind: Sendable {
        case webhook(Webhook)
        case mail(MailServer)
    }

    /// An address that takes notices as Standard Webhooks.
    public struct Webhook: Sendable {
        public var url: String
        /// References to the secrets that sign, the newest first: during a rotation there are two.
        public var secrets: [String]
        /// A PEM file, relative to the organisation's folder.
        public var certificateAuthorities: String?
    }

    /// A server that takes mail in for delivery.
    public struct MailServer: Sendable {
        public enum Security: String, CaseIterable, Sendable {
            case starttls
            /// From the first byte.
            case tls
            /// On this machine alone.
            case none
        }

        public var host: String
        public var port: Int
        public var security: Security
        public var username: String?
        /// A reference.
        public var password: String?
        public var sender: EmailAddress
        /// A PEM file, relative to the organisation's folder.
        public var certificateAuthorities: String?
    }

    public var name: Slug
    public var kind: Kind
    /// Of one attempt.
    public var timeout: Span
    /// After the notice was due.
    public var giveUpAfter: Span
    public var place: SourceLocation

    public var isMail: Bool { if case .mail = kind { true } else { false } }
}

/// Which notices go where, and to whom.
public struct NoticeRoute: Sendable {
    public enum Recipient: Hashable, Sendable {
        case audience(NoticeAudience)
        case address(EmailAddress)
    }

    public var kinds: Set<NoticeKind>
    /// By mail; a webhook has one receiver.
    public var recipients: [Recipient]
    public var channels: [Slug]

    public init(kinds: Set<NoticeKind>, recipients: [Recipient], channels: [Slug]) {
        self.kinds = kinds
        self.recipients = recipients
        self.channels = channels
    }
}
