/// Reads numbers and signs one after the other from a text of dates or durations.
struct TimeReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    var next: Unicode.Scalar? { position < bytes.count ? Unicode.Scalar(bytes[position]) : nil }

    /// Whether `sign` comes next; then goes behind it.
    mutating func skip(_ sign: Unicode.Scalar) -> Bool {
        guard next == sign else { return false }
        position += 1
        return true
    }

    /// A number of exactly so many decimal digits.
    mutating func number(digits count: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func digit() -> Int64? {
        guard let next, ("0"..."9").contains(next) else { return nil }
        position += 1
        return Int64(next.value - 0x30)
    }

    /// Everything up to the next digit, sign of a fraction or the end.
    mutating func word() -> ArraySlice<UInt8> {
        let begin = position
        while let next, !("0"..."9").contains(next), next != "." { position += 1 }
        return bytes[begin..<position]
    }
}
