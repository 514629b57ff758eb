/// A moment in UTC, in whole milliseconds.
///
/// Milliseconds, because that is what every target, feed and database that Tenure speaks to keeps without loss.
public struct Instant: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Seconds since 1970, as other systems count; nil for what is not in the years 1970 to 9999.
    public init?(unixSeconds: Double) {
        guard (0...253_402_300_799).contains(unixSeconds) else { return nil }
        milliseconds = Int64(unixSeconds * 1_000)
    }

    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
    public static func + (left: Instant, right: Span) -> Instant {
        Instant(milliseconds: left.milliseconds.addingSaturating(right.milliseconds))
    }
    public static func - (left: Instant, right: Span) -> Instant {
        Instant(milliseconds: left.milliseconds.addingSaturating(-right.milliseconds))
    }
    public static func - (left: Instant, right: Instant) -> Span {
        Span(milliseconds: left.milliseconds.addingSaturating(-right.milliseconds))
    }

    /// Parses RFC 3339 with `Z` or a numeric offset, strictly: a day that does not exist, a leap second, a missing
    /// offset and a year outside 1970...9999 are nil. Fractions beyond a millisecond are cut off.
    public init?(_ text: some StringProtocol) {
        var scanner = TimeScanner(text.utf8)
        guard let date = scanner.date(), scanner.skip(oneOf: "Tt "), let seconds = scanner.timeOfDay(),
            let fraction = scanner.fractionOfSecond(), let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        let millis = (Int64(date.daysSinceEpoch) * 86_400 + Int64(seconds) - Int64(offset)) * 1_000 + Int64(fraction)
        guard millis >= 0 else { return nil }
        milliseconds = millis
    }

    /// RFC 3339 with `Z`; the fraction is left out when it is zero.
    public var description: String {
        let (days, rest) = milliseconds.floorDivided(by: 86_400_000)
        let (seconds, fraction) = (rest / 1_000, rest % 1_000)
        return TimeDigits.text { digits in
            CalendarDay(daysSinceEpoch: Int(days)).write(to: &digits)
            digits.put("T")
            digits.put(seconds / 3_600, width: 2)
            digits.put(":")
            digits.put(seconds / 60 % 60, width: 2)
            digits.put(":")
            digits.put(seconds % 60, width: 2)
            if fraction != 0 {
                digits.put(".")
                digits.put(fraction, width: 3)
            }
            digits.put("Z")
        }
    }
}

extension Int64 {
    /// Quotient and remainder of floored division, so that moments before 1970 print rightly too.
    func floorDivided(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// By what is greater than zero.
    func multipliedSaturating(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? (self > 0 ? .max : .min) : product
    }

    func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
