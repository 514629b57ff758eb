/// What each conversion of `format` makes of a value.
enum CELTextFormat {
    /// `%s`: lists and maps with their elements, the entries of a map in the order of their keys' text.
    static func append(_ value: CELValue, to output: inout [UInt8]) throws(CELError) {
        switch value {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .int(let value): output += String(value).utf8
        case .uint(let value): output += String(value).utf8
        case .double(let value): output += ExactDecimal.shortest(value).utf8
        case .string(let value): output += value.utf8
        case .bytes(let value): output += replacingInvalid(value)
        case .timestamp(let value): output += value.description.utf8
        case .duration(let value):
            output += (ExactDecimal.shortest(Double(value.nanoseconds) / 1_000_000_000) + "s").utf8
        case .type(let value): output += value.name.utf8
        case .list(let values): try append(values, to: &output)
        case .map(let map): try append(map, to: &output)
        case .record:
            throw wrongType(
                value,
                "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, "
                    + "durations, and timestamps")
        }
    }

    private static func append(_ values: [CELValue], to output: inout [UInt8]) throws(CELError) {
        output += "[".utf8
        for (index, value) in values.enumerated() {
            if index > 0 { output += ", ".utf8 }
            try append(value, to: &output)
        }
        output += "]".utf8
    }

    private struct Entry {
        var key: [UInt8]
        var value: [UInt8]
    }

    private static func append(_ map: CELMap, to output: inout [UInt8]) throws(CELError) {
        var entries: [Entry] = []
        for entry in map.entries {
            var text = Entry(key: [], value: [])
            try append(entry.key, to: &text.key)
            try append(entry.value, to: &text.value)
            entries.append(text)
        }
        entries.sort { $0.key.lexicographicallyPrecedes($1.key) }
        output += "{".utf8
        for (index, entry) in entries.enumerated() {
            if index > 0 { output += ", ".utf8 }
            output += entry.key + ": ".utf8 + entry.value
        }
        output += "}".utf8
    }

    /// Each run of bytes that are not UTF-8 becomes one U+FFFD.
    private static func replacingInvalid(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { bytes in
            var result: [UInt8] = []
            var position = 0
            var isInvalid = false
            while position < bytes.count {
                let begin = position
                let point = UTF8Decoding.next(in: bytes, at: &position)
                let wasInvalid = isInvalid
                // U+FFFD itself takes three bytes.
                isInvalid = point == 0xFFFD && position == begin + 1
                if !isInvalid {
                    result += bytes[begin..<position]
                } else if !wasInvalid {
                    result += [0xEF, 0xBF, 0xBD]
                }
            }
            return result
        }
    }

    /// `%d`.
    static func decimal(_ value: CELValue) throws(CELError) -> String {
        switch value {
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): ExactDecimal.shortest(value)
        default: throw wrongType(value, "decimal clause can only be used on integers")
        }
    }

    /// `%f` and `%e`, by `digits` of what is finite.
    static func double(
        _ value: CELValue, clause: String, digits: (ExactDecimal) -> String
    ) throws(CELError) -> String {
        let number: Double
        switch value {
        case .int(let value): number = Double(value)
        case .uint(let value): number = Double(value)
        case .double(let value): number = value
        default: throw wrongType(value, "\(clause) clause can only be used on doubles")
        }
        guard number.isFinite else { return ExactDecimal.shortest(number) }
        return (number.sign == .minus ? "-" : "") + digits(ExactDecimal(number))
    }

    /// `%b`.
    static func binary(_ value: CELValue) throws(CELError) -> String {
        if case .bool(let value) = value { return value ? "1" : "0" }
        guard let digits = integer(value, radix: 2) else {
            throw wrongType(value, "only integers and bools can be formatted as binary")
        }
        return digits
    }

    /// `%o`.
    static func octal(_ value: CELValue) throws(CELError) -> String {
        guard let digits = integer(value, radix: 8) else {
            throw wrongType(value, "octal clause can only be used on integers")
        }
        return digits
    }

    /// `%x` and `%X`: of strings and bytes two digits for each byte.
    static func hexadecimal(_ value: CELValue, isUppercase: Bool) throws(CELError) -> String {
        switch value {
        case .string(let string): return hexadecimal(Array(string.utf8), isUppercase: isUppercase)
        case .bytes(let bytes): return hexadecimal(bytes, isUppercase: isUppercase)
        default:
            guard let digits = integer(value, radix: 16, isUppercase: isUppercase) else {
                throw wrongType(value, "only integers, byte buffers, and strings can be formatted as hex")
            }
            return digits
        }
    }

    private static func hexadecimal(_ bytes: [UInt8], isUppercase: Bool) -> String {
        let digits = Array((isUppercase ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func integer(_ value: CELValue, radix: Int, isUppercase: Bool = false) -> String? {
        switch value {
        case .int(let value): String(value, radix: radix, uppercase: isUppercase)
        case .uint(let value): String(value, radix: radix, uppercase: isUppercase)
        default: nil
        }
    }

    private static func wrongType(_ value: CELValue, _ rule: String) -> CELError {
        CELError(.invalidArgument, "error during formatting: \(rule), was given \(value.typeName)")
    }
}
