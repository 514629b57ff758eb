import AccessModel

/// When something starts or ends, as HR writes it: a bare date, or a full time that is taken exactly.
public enum DayOrTime: Hashable, Sendable, CustomStringConvertible {
    /// A whole day, in the organisation's zone.
    case day(CalendarDay)
    case time(Instant)

    /// `YYYY-MM-DD` or RFC 3339; nil for anything else.
    public init?(_ text: some StringProtocol) {
        if let day = CalendarDay(text) {
            self = .day(day)
        } else if let time = Instant(text) {
            self = .time(time)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .day(let day): day.description
        case .time(let time): time.description
        }
    }

    /// The day itself; of a full time its day in UTC.
    public var day: CalendarDay {
        switch self {
        case .day(let day): day
        case .time(let time): CalendarDay(daysSinceEpoch: Int(time.milliseconds / 86_400_000))
        }
    }

    /// The first moment, read as a start: 00:00 of the day.
    public func start(in days: DayBoundaries) -> Instant {
        switch self {
        case .day(let day): days.start(of: day)
        case .time(let time): time
        }
    }

    /// The first moment that is outside, read as an end: the day is the last one, whole.
    public func end(in days: DayBoundaries) -> Instant {
        switch self {
        case .day(let day): days.end(of: day)
        case .time(let time): time
        }
    }
}
