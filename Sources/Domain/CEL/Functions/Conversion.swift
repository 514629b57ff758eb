/// The conversions between types. What has no counterpart in the wanted type is an error.
enum Conversion {
    static func int(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .int: return value
        case .uint(let number):
            guard let whole = Int64(exactly: number) else { throw beyond(value, .int) }
            return .int(whole)
        case .double(let number):
            // The ends of the range are no doubles of their own: what is rounded to them may have been beyond.
            guard number > -0x1p63, number < 0x1p63 else { throw beyond(value, .int) }
            return .int(Int64(number))
        case .string(let text):
            guard let number = Int64(text.text) else { throw unreadable(text, .int) }
            return .int(number)
        case .timestamp(let time): return .int(time.seconds)
        case .duration(let span): return .int(span.nanoseconds)
        default: throw .noOverload("int", value)
        }
    }

    static func uint(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .uint: return value
        case .int(let number):
            guard let whole = UInt64(exactly: number) else { throw beyond(value, .uint) }
            return .uint(whole)
        case .double(let number):
            guard number >= 0, number < 0x1p64 else { throw beyond(value, .uint) }
            return .uint(UInt64(number))
        case .string(let text):
            guard text.utf8.first?.isDigit == true, let number = UInt64(text.text) else {
                throw unreadable(text, .uint)
            }
            return .uint(number)
        default: throw .noOverload("uint", value)
        }
    }

    static func double(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .double: return value
        case .int(let number): return .double(Double(number))
        case .uint(let number): return .double(Double(number))
        case .string(let text):
            guard let number = DoubleText.read(text) else { throw unreadable(text, .double) }
            return .double(number)
        default: throw .noOverload("double", value)
        }
    }

    static func bool(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .bool: return value
        case .string(let text):
            switch text {
            case "1", "t", "T", "true", "TRUE", "True": return .bool(true)
            case "0", "f", "F", "false", "FALSE", "False": return .bool(false)
            default: throw unreadable(text, .bool)
            }
        default: throw .noOverload("bool", value)
        }
    }

    static func bytes(_ value: CELValue, _ budget: inout Budget) throws(CELError) -> CELValue {
        switch value {
        case .bytes: return value
        case .string(let text):
            try budget.chargeMaking(text.utf8.count)
            return .bytes(Array(text.utf8))
        default: throw .noOverload("bytes", value)
        }
    }

    static func string(_ value: CELValue, _ budget: inout Budget) throws(CELError) -> CELValue {
        switch value {
        case .string: return value
        case .bool(let truth): return .string(truth ? "true" : "false")
        case .int(let number): return .string(CELString(String(number)))
        case .uint(let number): return .string(CELString(String(number)))
        case .double(let number): return .string(CELString(DoubleText.write(number)))
        case .bytes(let bytes):
            try budget.chargeMaking(bytes.count)
            guard let text = CELString(validating: bytes) else {
                throw CELError(.invalidArgument, "the bytes are not UTF-8")
            }
            return .string(text)
        case .timestamp(let time): return .string(CELString(time.description))
        case .duration(let span): return .string(CELString(span.description))
        default: throw .noOverload("string", value)
        }
    }

    static func size(_ value: CELValue, _ budget: inout Budget) throws(CELError) -> CELValue {
        switch value {
        case .string(let text):
            try budget.chargeReading(text.utf8.count)
            return .int(Int64(text.count))
        case .bytes(let bytes): return .int(Int64(bytes.count))
        case .list(let list): return .int(Int64(list.count))
        case .map(let map): return .int(Int64(map.count))
        default: throw .noOverload("size", value)
        }
    }

    private static func beyond(_ value: CELValue, _ type: CELTypeName) -> CELError {
        .overflow("\(value.briefly) is beyond the range of \(type)")
    }

    static func unreadable(_ text: CELString, _ type: CELTypeName) -> CELError {
        CELError(.invalidArgument, "\(CELValue.string(text).briefly) is no \(type)")
    }
}
