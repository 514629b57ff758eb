import AccessModel
import Foundation

/// Where days begin and end in the organisation's time zone: a lookup in the zone's rules, without a clock.
public struct DayBoundaries: Sendable {
    private let zone: TimeZone
    /// How many days somebody of a kind is here at most.
    public var maximumStay: [Person.Kind: Int] = [:]

    public static let utc = DayBoundaries(zone: .gmt)

    private init(zone: TimeZone) { self.zone = zone }

    /// The days of an organisation, with the longest stay that it allows. UTC where this system does not know its zone.
    public init(_ platform: Platform) {
        self = DayBoundaries(timezone: platform.timezone) ?? .utc
        maximumStay = platform.maximumStay
    }

    /// Nil when `timezone` is not an IANA name that this system knows.
    public init?(timezone: String) {
        if timezone == "UTC" {
            zone = .gmt
        } else if let found = TimeZone(identifier: timezone) {
            zone = found
        } else {
            return nil
        }
    }

    /// Names these days and limits: two with the same say the same of everybody.
    public var name: String {
        let limits = maximumStay.sorted { $0.key.rawValue < $1.key.rawValue }.map { " \($0.key.rawValue)=\($0.value)" }
        return zone.identifier + limits.joined()
    }

    /// The first moment of `day`. Where the clocks skip midnight it is the moment after the gap; where midnight
    /// comes twice, the first.
    public func start(of day: CalendarDay) -> Instant {
        let midnight = Int64(day.daysSinceEpoch) * 86_400
        // Zones lie within 15 hours of UTC, and none changes its offset twice within this span.
        let before = offset(at: midnight - 54_000)
        let after = offset(at: midnight + 54_000)
        guard before != after else { return Instant(milliseconds: (midnight - before) * 1_000) }
        let candidates = [midnight - before, midnight - after]
        let valid = zip(candidates, [before, after]).filter { offset(at: $0.0) == $0.1 }.map(\.0)
        let start = valid.min() ?? max(candidates[0], candidates[1])
        return Instant(milliseconds: start * 1_000)
    }

    /// The first moment after `day`.
    public func end(of day: CalendarDay) -> Instant { start(of: day.next) }

    /// The day that `time` lies in.
    public func day(of time: Instant) -> CalendarDay {
        let seconds = time.milliseconds / 1_000
        let local = seconds + offset(at: seconds)
        return CalendarDay(daysSinceEpoch: Int(local >= 0 ? local / 86_400 : (local - 86_399) / 86_400))
    }

    /// Seconds east of UTC.
    private func offset(at seconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }
}
