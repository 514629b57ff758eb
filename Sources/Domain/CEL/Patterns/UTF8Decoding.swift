/// Reading code points from bytes.
enum UTF8Decoding {
    /// The code point at `position`, which moves on behind it. A byte that begins none gives U+FFFD and moves on by
    /// one, so that no bytes, whatever they are, lead astray.
    static func next(in bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) -> UInt32 {
        let first = bytes[position]
        let length = length(first)
        guard length > 0, position + length <= bytes.count else {
            position += 1
            return 0xFFFD
        }
        var point = length == 1 ? UInt32(first) : UInt32(first & (0x7F >> UInt8(length)))
        for offset in 1..<max(length, 1) {
            let byte = bytes[position + offset]
            guard byte & 0xC0 == 0x80 else {
                position += 1
                return 0xFFFD
            }
            point = point << 6 | UInt32(byte & 0x3F)
        }
        guard point <= 0x10FFFF, point >= smallest[length], point & 0xFFFF_F800 != 0xD800 else {
            position += 1
            return 0xFFFD
        }
        position += length
        return point
    }

    /// How many bytes a code point with that first byte takes; 0 for none.
    @inline(__always)
    static func length(_ first: UInt8) -> Int {
        switch first {
        case 0..<0x80: 1
        case 0xC2..<0xE0: 2
        case 0xE0..<0xF0: 3
        case 0xF0..<0xF5: 4
        default: 0
        }
    }

    private static let smallest: [UInt32] = [0, 0, 0x80, 0x800, 0x10000]
}
