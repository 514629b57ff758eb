extension CELDuration {
    /// Reads numbers with units, the sign first: `1h2m3.5s`, `-1.5s`, `250ms`, `10us`, `7ns`; `0` needs no unit. What is
    /// finer than a nanosecond is cut off. Fails with `invalidArgument`, or with `overflow` when it is out of range.
    public init(parsing text: CELString) throws(CELError) {
        var reader = TimeReader(Array(text.utf8))
        let isNegative = reader.skip("-")
        if !isNegative { _ = reader.skip("+") }
        if reader.next == "0", text.utf8.count == reader.position + 1 {
            self.init(nanoseconds: 0)
            return
        }
        var sum: UInt64 = 0
        repeat {
            guard let part = try Self.part(&reader) else {
                throw CELError(
                    .invalidArgument,
                    "`\(text.text)` is not a duration: write numbers with the units h, m, s, ms, us or ns, "
                        + "such as `1h30m` or `-1.5s`")
            }
            // One more than the greatest is the least, negated.
            let most = isNegative ? Self.limit : Self.limit - 1
            guard part <= most - sum else { throw Self.outOfRange }
            sum += part
        } while !reader.isAtEnd
        self.init(nanoseconds: isNegative ? Int64(truncatingIfNeeded: 0 &- sum) : Int64(sum))
    }

    static let outOfRange = CELError(
        .overflow, "duration out of range: it has at most 9223372036.854775807 seconds, about 292 years")

    /// The nanoseconds of one number with its unit, at most 2^63; nil where none stands.
    private static func part(_ reader: inout TimeReader) throws(CELError) -> UInt64? {
        var whole: UInt64 = 0
        var isOutOfRange = false
        var hasDigits = false
        while let digit = reader.digit() {
            hasDigits = true
            isOutOfRange = isOutOfRange || whole > (limit - UInt64(digit)) / 10
            if !isOutOfRange { whole = whole * 10 + UInt64(digit) }
        }
        var fraction: [UInt64] = []
        if reader.skip(".") {
            while let digit = reader.digit() {
                hasDigits = true
                if fraction.count < 18 { fraction.append(UInt64(digit)) }
            }
        }
        guard hasDigits, let unit = unit(reader.word()) else { return nil }
        guard !isOutOfRange, whole <= limit / unit else { throw outOfRange }
        return whole * unit + nanoseconds(of: fraction, unit: unit)
    }

    private static let limit: UInt64 = 1 << 63

    /// The fraction of the unit, towards zero.
    private static func nanoseconds(of fraction: [UInt64], unit: UInt64) -> UInt64 {
        var numerator: UInt64 = 0
        var denominator: UInt64 = 1
        for digit in fraction {
            numerator = numerator * 10 + digit
            denominator *= 10
        }
        let product = numerator.multipliedFullWidth(by: unit)
        return denominator.dividingFullWidth(product).quotient
    }

    private static func unit(_ word: ArraySlice<UInt8>) -> UInt64? {
        switch String(decoding: word, as: UTF8.self) {
        case "h": 3_600_000_000_000
        case "m": 60_000_000_000
        case "s": 1_000_000_000
        case "ms": 1_000_000
        case "us", "\u{B5}s", "\u{3BC}s": 1_000
        case "ns": 1
        default: nil
        }
    }

    /// Decimal seconds with the unit `s`, with as many digits as are needed: `-1.5s`.
    public var text: CELString { CELString(description) }
}

extension CELDuration: CustomStringConvertible {
    public var description: String {
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        return sign + String(magnitude / 1_000_000_000) + TimeWriter.fraction(Int64(magnitude % 1_000_000_000)) + "s"
    }
}

/// A unit in which a duration is given, named as the function that gives it.
public enum CELDurationField: String, Sendable, CaseIterable {
    case hours = "getHours"
    case minutes = "getMinutes"
    case seconds = "getSeconds"
    /// What is left of a second, alone among these.
    case milliseconds = "getMilliseconds"
}

extension CELDuration {
    /// The duration in whole units, towards zero; for milliseconds what is left of a second.
    public func value(of field: CELDurationField) -> Int64 {
        switch field {
        case .hours: nanoseconds / 3_600_000_000_000
        case .minutes: nanoseconds / 60_000_000_000
        case .seconds: seconds
        case .milliseconds: Int64(nanos) / 1_000_000
        }
    }
}
