/// Reads the parts of RFC 3339 from bytes, so that no Unicode digit or combining mark can pass for one of its own.
struct TimeScanner {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) { rest = Array(bytes)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(oneOf bytes: StaticString) -> Bool {
        let allowed = bytes.withUTF8Buffer { Array($0) }
        guard let first = rest.first, allowed.contains(first) else { return false }
        rest.removeFirst()
        return true
    }

    /// Exactly `count` digits.
    mutating func number(_ count: Int) -> Int? {
        guard rest.count >= count, rest.prefix(count).allSatisfy(\.isDigit) else { return nil }
        let value = rest.prefix(count).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        rest = rest.dropFirst(count)
        return value
    }

    mutating func date() -> CalendarDay? {
        guard let year = number(4), skip(oneOf: "-"), let month = number(2), skip(oneOf: "-"), let day = number(2)
        else { return nil }
        return CalendarDay(year: year, month: month, day: day)
    }

    /// `HH:MM:SS` as seconds.
    mutating func timeOfDay() -> Int? {
        guard let hour = number(2), hour < 24, skip(oneOf: ":"), let minute = number(2), minute < 60, skip(oneOf: ":"),
            let second = number(2), second < 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    /// `.123456` in milliseconds; 0 when there is none.
    mutating func fractionOfSecond() -> Int? {
        guard skip(oneOf: ".") else { return 0 }
        let digits = rest.prefix(while: \.isDigit)
        guard !digits.isEmpty, digits.count <= 9 else { return nil }
        rest = rest.dropFirst(digits.count)
        return (0..<3).reduce(0) { sum, place in
            let index = digits.startIndex + place
            return sum * 10 + (index < digits.endIndex ? Int(digits[index] - UInt8(ascii: "0")) : 0)
        }
    }

    /// `Z` or `+HH:MM` in seconds east of UTC.
    mutating func offset() -> Int? {
        if skip(oneOf: "Zz") { return 0 }
        let east = rest.first == UInt8(ascii: "+")
        guard skip(oneOf: "+-"), let hour = number(2), hour < 24, skip(oneOf: ":"), let minute = number(2), minute < 60
        else { return nil }
        return (hour * 3_600 + minute * 60) * (east ? 1 : -1)
    }
}
