/// A part of a timestamp in a calendar and on a clock, named as the function that gives it.
public enum CELTimestampField: String, Sendable, CaseIterable {
    case fullYear = "getFullYear"
    /// From 0.
    case month = "getMonth"
    /// From 1.
    case date = "getDate"
    /// From 0.
    case dayOfMonth = "getDayOfMonth"
    /// From 0, which is Sunday.
    case dayOfWeek = "getDayOfWeek"
    /// From 0.
    case dayOfYear = "getDayOfYear"
    case hours = "getHours"
    case minutes = "getMinutes"
    case seconds = "getSeconds"
    case milliseconds = "getMilliseconds"
}

extension CELTimestamp {
    /// That part of the moment as a clock and a calendar in `zone` show it.
    public func value(of field: CELTimestampField, in zone: CELTimeZone = .utc) -> Int64 {
        let fields = CELTimestampFields(self, in: zone)
        return switch field {
        case .fullYear: fields.date.year
        case .month: fields.date.month - 1
        case .date: fields.date.day
        case .dayOfMonth: fields.date.day - 1
        case .dayOfWeek: fields.dayOfWeek
        case .dayOfYear: fields.date.dayOfYear
        case .hours: fields.hours
        case .minutes: fields.minutes
        case .seconds: fields.seconds
        case .milliseconds: Int64(nanos) / 1_000_000
        }
    }
}

/// A moment on the clock and in the calendar of a zone.
struct CELTimestampFields {
    let date: CivilDate
    let hours: Int64
    let minutes: Int64
    let seconds: Int64
    let dayOfWeek: Int64

    init(_ timestamp: CELTimestamp, in zone: CELTimeZone) {
        let local = timestamp.seconds + zone.offset(at: timestamp.seconds)
        let second = ((local % 86_400) + 86_400) % 86_400
        let day = (local - second) / 86_400
        date = CivilDate(dayNumber: day)
        hours = second / 3_600
        minutes = second / 60 % 60
        seconds = second % 60
        // 1970-01-01 was a Thursday.
        dayOfWeek = ((day % 7) + 11) % 7
    }
}
