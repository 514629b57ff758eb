/// A length of time, in milliseconds. Written `4h`, `30m`, `30d`, `90s`, or as ISO 8601 `PT4H`, `P30D`.
public struct Span: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    // A count may be another system's word: more than can be counted is the longest there is, not the end of the process.
    public static func seconds(_ count: Int64) -> Span { Span(milliseconds: count.multipliedSaturating(by: 1_000)) }
    public static func minutes(_ count: Int64) -> Span { .seconds(count.multipliedSaturating(by: 60)) }
    public static func hours(_ count: Int64) -> Span { .minutes(count.multipliedSaturating(by: 60)) }
    /// Days of 24 hours.
    public static func days(_ count: Int64) -> Span { .hours(count.multipliedSaturating(by: 24)) }
    public static let zero = Span(milliseconds: 0)

    public static func < (left: Span, right: Span) -> Bool { left.milliseconds < right.milliseconds }

    public var seconds: Double { Double(milliseconds) / 1_000 }

    /// Nil for anything but the two forms, a negative length, or more than a hundred years.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let parsed = bytes.first == UInt8(ascii: "P") ? Self.iso8601(bytes.dropFirst()) : Self.short(bytes[...]),
            parsed <= 100 * 366 * 86_400
        else { return nil }
        milliseconds = parsed * 1_000
    }

    /// The largest unit that divides it: `4h`, `90m`, `1500ms`.
    public var description: String {
        for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] as [(String, Int64)]
        where milliseconds != 0 && milliseconds % size == 0 {
            return "\(milliseconds / size)\(unit)"
        }
        return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
    }

    private static func short(_ bytes: ArraySlice<UInt8>) -> Int64? {
        var rest = bytes
        guard let value = number(&rest), rest.count == 1, let unit = rest.first else { return nil }
        switch unit {
        case UInt8(ascii: "s"): return value
        case UInt8(ascii: "m"): return value * 60
        case UInt8(ascii: "h"): return value * 3_600
        case UInt8(ascii: "d"): return value * 86_400
        case UInt8(ascii: "w"): return value * 604_800
        default: return nil
        }
    }

    /// Weeks, days, hours, minutes and seconds, whole and in order; years and months have no fixed length.
    private static func iso8601(_ bytes: ArraySlice<UInt8>) -> Int64? {
        var rest = bytes
        var total: Int64 = 0
        var units: [(UInt8, Int64)] = [(UInt8(ascii: "W"), 604_800), (UInt8(ascii: "D"), 86_400)]
        var parts = 0
        var inTime = false
        while let first = rest.first {
            if first == UInt8(ascii: "T") {
                rest = rest.dropFirst()
                guard !rest.isEmpty, !inTime else { return nil }
                inTime = true
                units = [(UInt8(ascii: "H"), 3_600), (UInt8(ascii: "M"), 60), (UInt8(ascii: "S"), 1)]
                continue
            }
            guard let value = number(&rest), let unit = rest.first,
                let index = units.firstIndex(where: { $0.0 == unit })
            else { return nil }
            total += value * units[index].1
            units.removeSubrange(...index)
            rest = rest.dropFirst()
            parts += 1
        }
        return parts > 0 ? total : nil
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let digits = rest.prefix(while: \.isDigit)
        guard !digits.isEmpty, digits.count <= 9 else { return nil }
        rest = rest.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }
}
