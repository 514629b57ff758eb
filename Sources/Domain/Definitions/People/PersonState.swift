import AccessModel

/// A person at one moment, with what HR's word about them rests on.
public struct PersonState: Hashable, Sendable {
    /// Whether the person counts, and if not, why.
    public enum Presence: Hashable, Sendable {
        case active
        case notStarted(CalendarDay)
        case suspended
        case left
        case compromised
        /// The last day has passed.
        case ended(CalendarDay)
    }

    public let person: Person
    public let presence: Presence
    /// What the presence rests on: the event or snapshot that gave the status, or the date that passed.
    public let presenceCause: Cause
    /// Since when the presence holds.
    public let presenceSince: Instant
    /// Moves that have taken effect, oldest first.
    public let moves: [Move]
    // Nobody's, or one: rare and wide, so it is kept aside.
    private let profileChanges: [Move]
    // As rare.
    private let stayEnds: [StayEnd]
    /// When the state will next differ without a further word from HR: a start, an end, an event dated ahead.
    public let nextChange: Instant?

    /// When something about the person became another, and by which word of HR's.
    public struct Move: Hashable, Sendable {
        public let effective: Instant
        public let cause: Cause

        public init(effective: Instant, cause: Cause) {
            self.effective = effective
            self.cause = cause
        }
    }

    public init(
        person: Person, presence: Presence, presenceCause: Cause, presenceSince: Instant, moves: [Move] = [],
        profileChange: Move? = nil, stayEnd: StayEnd? = nil, nextChange: Instant? = nil
    ) {
        self.person = person
        self.presence = presence
        self.presenceCause = presenceCause
        self.presenceSince = presenceSince
        self.moves = moves
        profileChanges = profileChange.map { [$0] } ?? []
        stayEnds = stayEnd.map { [$0] } ?? []
        self.nextChange = nextChange
    }

    public var isActive: Bool { presence == .active }

    /// The last time that HR's word made any of the person's attributes another, dates and status aside, and what that
    /// word was; nil while they are as they were first.
    public var profileChange: Move? { profileChanges.first }

    /// The organisation's own limit, where it comes before the last day that HR names.
    public var stayEnd: StayEnd? { stayEnds.first }

    /// Whether they are out by that limit alone.
    public var isOutByLimit: Bool {
        if case .ended = presence { stayEnd != nil } else { false }
    }
}
