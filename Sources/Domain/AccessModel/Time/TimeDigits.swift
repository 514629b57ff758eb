/// Writes the digits of a day or a time, and what stands between them, without a text of each: every record, line of the log
/// and answer holds several.
struct TimeDigits {
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private var count = 0

    private init(_ bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

    /// - Parameter write: Puts at most 64 bytes, which is more than a moment of any year takes.
    static func text(_ write: (inout TimeDigits) -> Void) -> String {
        String(unsafeUninitializedCapacity: 64) { bytes in
            var digits = TimeDigits(bytes)
            write(&digits)
            return digits.count
        }
    }

    mutating func put(_ mark: Unicode.Scalar) { put(byte: UInt8(ascii: mark)) }

    /// With zeros before it where it has fewer digits.
    mutating func put(_ value: Int64, width: Int) {
        if value < 0 { put("-") }
        var (rest, length) = (value.magnitude, 1)
        while rest >= 10 {
            rest /= 10
            length += 1
        }
        length = max(length, width)
        guard count + length <= bytes.count else { return }
        rest = value.magnitude
        for place in (count..<count + length).reversed() {
            bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += length
    }

    private mutating func put(byte: UInt8) {
        guard count < bytes.count else { return }
        bytes[count] = byte
        count += 1
    }
}
