extension CELTimestamp {
    /// Reads RFC 3339, strictly: `2024-02-29T12:00:00.5+01:00`, with `T` and `Z` in upper case and without leap
    /// seconds. Digits beyond nanoseconds are cut off. Fails with `invalidArgument`, or with `overflow` when the moment
    /// is out of range.
    public init(parsing text: CELString) throws(CELError) {
        var reader = TimeReader(Array(text.utf8))
        guard let local = Self.local(&reader), let offset = Self.offset(&reader), reader.isAtEnd else {
            if Self.hasLongYear(text) { throw Self.outOfRange }
            throw CELError(
                .invalidArgument,
                "`\(text.text)` is not a timestamp: write it as RFC 3339 does, such as `2024-02-29T12:00:00Z`")
        }
        guard let moment = CELTimestamp(seconds: local.seconds - offset, nanos: local.nanos) else {
            throw Self.outOfRange
        }
        self = moment
    }

    static let outOfRange = CELError(
        .overflow, "timestamp out of range: it lies between the years 0001 and 9999")

    private struct Local {
        var seconds: Int64
        var nanos: Int32
    }

    private static func local(_ reader: inout TimeReader) -> Local? {
        guard let year = reader.number(digits: 4), reader.skip("-"), let month = reader.number(digits: 2),
            reader.skip("-"), let day = reader.number(digits: 2), reader.skip("T"),
            let date = CivilDate(year: year, month: month, day: day),
            let hour = reader.number(digits: 2), reader.skip(":"), let minute = reader.number(digits: 2),
            reader.skip(":"), let second = reader.number(digits: 2), hour < 24, minute < 60, second < 60
        else { return nil }
        var nanos: Int64 = 0
        if reader.skip(".") {
            var unit: Int64 = 100_000_000
            guard let first = reader.digit() else { return nil }
            nanos = first * unit
            while let digit = reader.digit() {
                unit /= 10
                nanos += digit * unit
            }
        }
        return Local(seconds: date.dayNumber * 86_400 + hour * 3_600 + minute * 60 + second, nanos: Int32(nanos))
    }

    private static func offset(_ reader: inout TimeReader) -> Int64? {
        if reader.skip("Z") { return 0 }
        let isNegative = reader.skip("-")
        guard isNegative || reader.skip("+"), let hours = reader.number(digits: 2), reader.skip(":"),
            let minutes = reader.number(digits: 2), hours < 24, minutes < 60
        else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return isNegative ? -seconds : seconds
    }

    /// Whether the year alone, of five digits or more, is what is wrong.
    private static func hasLongYear(_ text: CELString) -> Bool {
        let year = text.utf8.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        return year.count > 4 && text.utf8.dropFirst(year.count).first == UInt8(ascii: "-")
    }

    /// RFC 3339 in UTC, with as many digits of the second as are needed.
    public var text: CELString { CELString(description) }
}

extension CELTimestamp: CustomStringConvertible {
    public var description: String {
        let fields = CELTimestampFields(self, in: .utc)
        let date = [
            TimeWriter.padded(fields.date.year, to: 4), TimeWriter.padded(fields.date.month, to: 2),
            TimeWriter.padded(fields.date.day, to: 2),
        ].joined(separator: "-")
        let time = [fields.hours, fields.minutes, fields.seconds].map { TimeWriter.padded($0, to: 2) }
        return date + "T" + time.joined(separator: ":") + TimeWriter.fraction(Int64(nanos)) + "Z"
    }
}
