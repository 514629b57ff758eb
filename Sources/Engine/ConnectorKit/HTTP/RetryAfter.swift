import AccessModel

/// What a `Retry-After` header asks to wait (RFC 9110, 10.2.3).
public enum RetryAfter {
    /// Longer waits than this are cut to it: nobody means them, and a case must not sleep for ever.
    public static let longest = Span.hours(24)

    /// Seconds, or one of the three forms of an HTTP date; nil for anything else. A date that has passed is zero.
    public static func parse(_ text: String, now: Instant) -> Span? {
        let trimmed = text.utf8.drop { $0 == 0x20 || $0 == 0x09 }
        let bytes = Array(trimmed.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed())
        guard !bytes.isEmpty else { return nil }
        if bytes.allSatisfy(\.isDigit) {
            guard bytes.count <= 9, let seconds = Int64(String(decoding: bytes, as: UTF8.self)) else { return longest }
            return min(longest, .seconds(seconds))
        }
        return date(bytes, now: now).map { max(.zero, min(longest, $0 - now)) }
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, or `Sun Nov  6 08:49:37 1994`.
    private static func date(_ bytes: [UInt8], now: Instant) -> Instant? {
        let separators = Set(" ,-".utf8)
        let words = bytes.split { separators.contains($0) }.map { String(decoding: $0, as: UTF8.self) }
        if words.count == 6, words[5] == "GMT" {
            return instant(day: words[1], month: words[2], year: words[3], time: words[4], now: now)
        }
        guard words.count == 5 else { return nil }
        return instant(day: words[2], month: words[1], year: words[4], time: words[3], now: now)
    }

    private static func instant(day: String, month: String, year: String, time: String, now: Instant) -> Instant? {
        guard let month = months.firstIndex(of: month), var number = Int(year), let day = Int(day) else { return nil }
        if year.utf8.count == 2 {
            // Two digits mean the nearest such year that is not more than 50 years ahead.
            let current = CalendarDay(daysSinceEpoch: Int(now.milliseconds / 86_400_000)).year
            number += current / 100 * 100
            if number > current + 50 { number -= 100 }
        }
        guard let date = CalendarDay(year: number, month: month + 1, day: day) else { return nil }
        return Instant("\(date)T\(time)Z")
    }
}
