import AccessModel
import StrictJSON

/// A window as it is kept: when it is open, how far it has come in the targets, and what ended it.
public struct AccessWindow: Hashable, Sendable {
    public enum State: String, CaseIterable, Sendable {
        /// Its start is to come.
        case scheduled
        /// It has begun, and not every target that holds it was read back yet.
        case opening
        case open
        /// It has ended, and some target still shows it.
        case closing
        /// It has ended, and no target shows it.
        case closed
        /// Its person was not eligible any more, or not here: it ended then, and stays so.
        case lost
    }

    /// Where its membership is to be seen.
    public struct Place: Hashable, Sendable {
        public let target: Slug
        /// `membership payments-live-admins e-0001`.
        public let key: String

        public init(target: Slug, key: String) {
            self.target = target
            self.key = key
        }
    }

    public let id: String
    /// The first window of those that were extended one from another.
    public let root: String
    /// Nil for one that broke the glass.
    public let request: String?
    public let person: PersonID
    public let group: Group
    public let reason: String
    public let approvedBy: [PersonID]
    public let isEmergency: Bool
    /// When it was asked for: whoever left or moved since has lost it.
    public let askedAt: Instant
    public let recordedAt: Instant
    public let from: Instant
    public let until: Instant
    public var state: State
    public var places: [Place] = []
    public var openedAt: Instant?
    /// When it was given back before its end.
    public var endedAt: Instant?
    public var lostAt: Instant?
    /// When no target showed it any more.
    public var closedAt: Instant?

    public init(
        id: String, root: String? = nil, request: String?, person: PersonID, group: Group, reason: String,
        approvedBy: [PersonID], isEmergency: Bool = false, askedAt: Instant, recordedAt: Instant, from: Instant,
        until: Instant, state: State = .scheduled
    ) {
        self.id = id
        self.root = root ?? id
        self.request = request
        self.person = person
        self.group = group
        self.reason = reason
        self.approvedBy = approvedBy
        self.isEmergency = isEmergency
        self.askedAt = askedAt
        self.recordedAt = recordedAt
        self.from = from
        self.until = until
        self.state = state
    }

    /// The end that counts: its own, or when it was given back.
    public var end: Instant { min(until, endedAt ?? until) }

    /// As `desired` takes it.
    public var grant: Grant {
        Grant(
            id: id, person: person, group: group, reason: reason, approvedBy: approvedBy, from: from, until: end,
            isEmergency: isEmergency, askedAt: askedAt)
    }

    /// Whether it has begun and neither ended nor been lost.
    public func isLive(at now: Instant) -> Bool { lostAt == nil && from <= now && now < end }

    /// How far it had come at a moment, by its own times.
    func state(at moment: Instant) -> State {
        if lostAt != nil { return .lost }
        if isOver(at: moment) { return closedAt == nil ? .closing : .closed }
        if moment < from { return .scheduled }
        return openedAt == nil ? .opening : .open
    }

    /// Whether it can never be open again.
    public func isOver(at now: Instant) -> Bool { lostAt != nil || end <= now }
}
