/// Doubles as text.
enum DoubleText {
    /// The shortest decimal that reads back as `value`: plain from 1e-4 to below 1e6, with an exponent of two digits at
    /// least beyond.
    static func write(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let sign = value.sign == .minus ? "-" : ""
        if value == 0 { return sign + "0" }
        let decimal = Decimal(value.magnitude)
        guard decimal.exponent < -4 || decimal.exponent >= 6 else {
            return sign + decimal.plain
        }
        return sign + decimal.scientific
    }

    /// A finite or infinite number or not a number, in the forms of programs: `1`, `-1.5e3`, `inf`, `NaN`. Nil for
    /// anything else, for what is beyond the range too.
    static func read(_ text: CELString) -> Double? {
        var rest = Substring(text.text)
        let sign: Double = rest.hasPrefix("-") ? -1 : 1
        if rest.hasPrefix("-") || rest.hasPrefix("+") { rest.removeFirst() }
        switch rest.lowercased() {
        case "inf", "infinity": return sign * .infinity
        case "nan": return .nan
        default: break
        }
        guard let first = rest.utf8.first, first.isDigit || first == UInt8(ascii: "."),
            let value = Double(rest.utf8.last == UInt8(ascii: ".") ? rest.dropLast() : rest), value.isFinite
        else { return nil }
        return sign * value
    }

    /// A positive number as its digits and the power of ten of the first of them.
    private struct Decimal {
        let digits: [UInt8]
        let exponent: Int

        /// The digits are those of the shortest text that reads back as the number.
        init(_ value: Double) {
            var digits: [UInt8] = []
            var point: Int?
            var exponent = 0
            let parts = value.description.utf8.split { $0 | 0x20 == UInt8(ascii: "e") }
            for byte in parts[0] {
                if byte == UInt8(ascii: ".") { point = digits.count } else { digits.append(byte) }
            }
            if parts.count > 1 { exponent = Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 }
            let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
            self.exponent = exponent + (point ?? digits.count) - leading - 1
            digits.removeFirst(leading)
            while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
            self.digits = digits
        }

        private func text(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }

        var plain: String {
            if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + text(0..<digits.count) }
            let whole = exponent + 1
            if digits.count <= whole {
                return text(0..<digits.count) + String(repeating: "0", count: whole - digits.count)
            }
            return text(0..<whole) + "." + text(whole..<digits.count)
        }

        var scientific: String {
            let fraction = digits.count > 1 ? "." + text(1..<digits.count) : ""
            let power = String(exponent.magnitude)
            return text(0..<1) + fraction + (exponent < 0 ? "e-" : "e+") + (power.utf8.count < 2 ? "0" : "") + power
        }
    }
}
