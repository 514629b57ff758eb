import AccessModel

/// How many days somebody may be here at most, their first day among them, and whose word that is.
public struct StayLimit: Hashable, Sendable {
    public let days: Int
    /// The policy that says so; nil: the organisation's ceiling for their kind.
    public let policy: Slug?

    public init(days: Int, policy: Slug? = nil) {
        self.days = days
        self.policy = policy
    }
}

/// The limit that comes before the last day that HR names, and the last day that it leaves.
public struct StayEnd: Hashable, Sendable {
    public let lastDay: CalendarDay
    public let limit: StayLimit

    public init(lastDay: CalendarDay, limit: StayLimit) {
        self.lastDay = lastDay
        self.limit = limit
    }
}

/// The tightest limit for somebody as HR and the ceilings have them; nil where there is none. It must say the same of
/// the same person.
public typealias StayRule = @Sendable (PersonState) -> StayLimit?
