/// The places `$1`, `$2`, ... of a statement.
enum SQLParameters {
    /// The highest number of a place; 0 without any.
    static func highest(in sql: String) -> Int {
        var highest = 0
        var number: Int?
        var quote: UInt8?
        for byte in sql.utf8 {
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "$") {
                number = 0
                continue
            } else if let known = number, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), known < 100_000 {
                number = known * 10 + Int(byte - UInt8(ascii: "0"))
                highest = max(highest, number ?? 0)
                continue
            }
            number = nil
        }
        return highest
    }
}
