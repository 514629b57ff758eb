extension Lexer {
    /// A number without its sign: `1`, `0xFF`, `1u`, `1.5`, `.5e3`.
    mutating func number() throws(CELProblem) -> Token.Kind {
        let start = offset
        if current == UInt8(ascii: "0"), let mark = peek(1), mark | 0x20 == UInt8(ascii: "x"),
            peek(2)?.hexadecimal != nil
        {
            offset += 2
            let digits = offset
            while current?.hexadecimal != nil { offset += 1 }
            return try whole(digits..<offset, radix: 16, start: start)
        }
        skipDigits()
        let wholeEnd = offset
        if current == UInt8(ascii: "."), peek(1)?.isDigit == true {
            offset += 1
            skipDigits()
        }
        skipExponent()
        if offset == wholeEnd { return try whole(start..<offset, radix: 10, start: start) }
        let digits = String(decoding: text.bytes[start..<offset], as: UTF8.self)
        guard let value = Double(digits), value.isFinite else {
            throw problem("`\(digits)` is beyond the range of double", at: start)
        }
        return .double(value)
    }

    private mutating func skipDigits() {
        while current?.isDigit == true { offset += 1 }
    }

    private mutating func skipExponent() {
        guard let mark = current, mark | 0x20 == UInt8(ascii: "e") else { return }
        let signed = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
        guard peek(signed ? 2 : 1)?.isDigit == true else { return }
        offset += signed ? 2 : 1
        skipDigits()
    }

    private mutating func whole(
        _ range: Range<Int>, radix: Int, start: Int
    ) throws(CELProblem) -> Token.Kind {
        let digits = String(decoding: text.bytes[range], as: UTF8.self)
        let isUnsigned = current.map { $0 | 0x20 == UInt8(ascii: "u") } ?? false
        guard let value = UInt64(digits, radix: radix), isUnsigned || value <= UInt64(Int64.max) + 1 else {
            throw problem("`\(digits.prefix(40))` is beyond the range of \(isUnsigned ? "uint" : "int")", at: start)
        }
        if isUnsigned { offset += 1 }
        return isUnsigned ? .uint(value) : .int(value)
    }
}
