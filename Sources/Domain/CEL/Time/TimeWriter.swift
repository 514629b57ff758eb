/// The parts of a printed time.
enum TimeWriter {
    static func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// `.5` for half a second, nothing for a whole one.
    static func fraction(_ nanos: Int64) -> String {
        guard nanos != 0 else { return "" }
        var digits = Array(padded(nanos, to: 9))
        while digits.last == "0" { digits.removeLast() }
        return "." + String(digits)
    }
}
