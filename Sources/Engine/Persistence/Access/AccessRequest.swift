import AccessModel
import Crypto
import StrictJSON

/// What somebody asked for, and what became of it.
public struct AccessRequest: Hashable, Sendable {
    /// A request leaves `pending` once, for good.
    public enum State: String, CaseIterable, Sendable {
        case pending, approved, denied, withdrawn, expired
    }

    /// Exactly what an approval is given for.
    public struct Ask: Hashable, Sendable {
        public var person: PersonID
        public var group: Group
        public var reason: String
        public var duration: Span
        /// Nil: as soon as it is approved.
        public var start: Instant?
        /// The window that it prolongs.
        public var extends: String?

        public init(
            person: PersonID, group: Group, reason: String, duration: Span, start: Instant? = nil,
            extends: String? = nil
        ) {
            self.person = person
            self.group = group
            self.reason = reason
            self.duration = duration
            self.start = start
            self.extends = extends
        }

        public var json: JSONValue {
            [
                "person": .string(person.text), "group": .string(group.path), "reason": .string(reason),
                "duration_ms": .integer(duration.milliseconds),
                "start": start.map { .string($0.description) } ?? .null,
                "extends": extends.map(JSONValue.string) ?? .null,
            ]
        }

        /// Lower-case hex SHA-256 over the canonical JSON: another word of it, another hash.
        public var hash: String { SHA256.hash(data: json.canonicalBytes).hexText }
    }

    /// One person's agreement to exactly one hash.
    public struct Agreement: Hashable, Sendable {
        public let approver: PersonID
        public let hash: String
        public let at: Instant

        public init(approver: PersonID, hash: String, at: Instant) {
            self.approver = approver
            self.hash = hash
            self.at = at
        }
    }

    public let id: String
    public let ask: Ask
    public let state: State
    public let requestedAt: Instant
    public let requestedBy: String
    /// Whether whoever asked only said who they are.
    public let isAsserted: Bool
    /// From then on nobody can approve it any more.
    public let expiresAt: Instant
    /// What was said of it when it was last judged; an object.
    public let ruling: JSONValue
    public let decidedAt: Instant?
    public let decidedBy: String?
    /// Why it was decided so.
    public let decision: String?

    public var hash: String { ask.hash }

    public init(
        id: String, ask: Ask, state: State = .pending, requestedAt: Instant, requestedBy: String,
        isAsserted: Bool = true, expiresAt: Instant, ruling: JSONValue = .object(JSONObject()),
        decidedAt: Instant? = nil, decidedBy: String? = nil,
        decision: String? = nil
    ) {
        self.id = id
        self.ask = ask
        self.state = state
        self.requestedAt = requestedAt
        self.requestedBy = requestedBy
        self.isAsserted = isAsserted
        self.expiresAt = expiresAt
        self.ruling = ruling
        self.decidedAt = decidedAt
        self.decidedBy = decidedBy
        self.decision = decision
    }
}
