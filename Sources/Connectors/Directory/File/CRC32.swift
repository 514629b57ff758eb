/// The checksum of IEEE 802.3: it finds torn writes and rot, not forgery.
struct CRC32: Sendable {
    private var value: UInt32 = 0xFFFF_FFFF

    mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = Self.table[Int((value ^ UInt32(byte)) & 0xFF)] ^ (value >> 8) }
    }

    /// Eight lower-case digits.
    var hex: String {
        let digits = String(~value, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
