/// The exact value of a finite double without its sign, in decimal digits.
struct ExactDecimal {
    /// The digits, without zeros in front.
    private(set) var digits: [UInt8]
    /// How many of the digits stand behind the point.
    private(set) var scale: Int

    /// `value` is finite.
    init(_ value: Double) {
        let magnitude = value.magnitude
        guard magnitude > 0 else {
            digits = []
            scale = 0
            return
        }
        let exponent = Int(magnitude.isNormal ? magnitude.exponent : -1_022) - 52
        let significand = magnitude.significandBitPattern | (magnitude.isNormal ? 1 << 52 : 0)
        var limbs: [UInt64] = [significand % Self.base, significand / Self.base]
        // A division by two is a multiplication by five with the point one digit further left.
        Self.multiply(&limbs, by: exponent < 0 ? 5 : 2, times: abs(exponent))
        scale = max(0, -exponent)
        digits = Self.digits(limbs)
    }

    private static let base: UInt64 = 1_000_000_000

    private static func multiply(_ limbs: inout [UInt64], by factor: UInt64, times: Int) {
        var left = times
        while left > 0 {
            let count = min(left, 12)
            let power = (0..<count).reduce(UInt64(1)) { power, _ in power * factor }
            var carry: UInt64 = 0
            for index in limbs.indices {
                let product = limbs[index] * power + carry
                limbs[index] = product % base
                carry = product / base
            }
            if carry > 0 { limbs.append(carry) }
            left -= count
        }
    }

    private static func digits(_ limbs: [UInt64]) -> [UInt8] {
        var reversed: [UInt8] = []
        for limb in limbs {
            var rest = limb
            for _ in 0..<9 {
                reversed.append(UInt8(rest % 10))
                rest /= 10
            }
        }
        return Array(reversed.reversed().drop { $0 == 0 })
    }

    /// Drops the digits from `count` on, which rounds to the nearest, and to the even one of two equally near.
    private mutating func round(keeping count: Int) {
        guard count < digits.count else { return }
        let half = digits[max(0, count)]
        let isMore = count >= 0 && (half > 5 || half == 5 && digits[(count + 1)...].contains { $0 != 0 })
        let isTie = count >= 0 && half == 5 && !isMore
        let isOdd = count > 0 && digits[count - 1] % 2 == 1
        scale -= digits.count - max(0, count)
        digits.removeSubrange(max(0, count)...)
        if isMore || isTie && isOdd { increment() }
    }

    private mutating func increment() {
        var index = digits.count
        while index > 0 {
            index -= 1
            guard digits[index] == 9 else {
                digits[index] += 1
                return
            }
            digits[index] = 0
        }
        digits.insert(1, at: 0)
    }

    /// With exactly so many digits behind the point.
    func fixed(_ precision: Int) -> String {
        var rounded = self
        if scale > precision { rounded.round(keeping: digits.count - (scale - precision)) }
        let fraction = max(0, precision)
        var text = rounded.digits.isEmpty ? [] : rounded.digits
        // Zeros that the scale does not have yet, behind; and in front so that a digit stands before the point.
        text += [UInt8](repeating: 0, count: rounded.digits.isEmpty ? fraction : max(0, fraction - rounded.scale))
        if text.count <= fraction { text = [UInt8](repeating: 0, count: fraction + 1 - text.count) + text }
        let point = text.count - fraction
        return Self.text(text[..<point]) + (fraction > 0 ? "." + Self.text(text[point...]) : "")
    }

    /// With one digit before the point, so many behind it, and an exponent of at least two digits.
    func scientific(_ precision: Int) -> String {
        var rounded = self
        var exponent = digits.isEmpty ? 0 : digits.count - 1 - scale
        rounded.round(keeping: precision + 1)
        if rounded.digits.count > precision + 1 {
            rounded.digits.removeLast()
            exponent += 1
        }
        let text = rounded.digits + [UInt8](repeating: 0, count: max(0, precision + 1 - rounded.digits.count))
        let power = String(exponent.magnitude)
        return Self.text(text[..<1]) + (precision > 0 ? "." + Self.text(text[1...]) : "")
            + (exponent < 0 ? "e-" : "e+") + (power.count < 2 ? "0" + power : power)
    }

    private static func text(_ digits: ArraySlice<UInt8>) -> String {
        String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
    }
}

extension ExactDecimal {
    /// The fewest digits that mean `value` and no other double, without an exponent; `NaN` and `Infinity` by name.
    static func shortest(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        let sign = value.sign == .minus ? "-" : ""
        if value.isInfinite { return sign + "Infinity" }
        let parts = value.magnitude.description.split(separator: "e")
        let mantissa = (parts.first ?? "0").split(separator: ".")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        var whole = Array((mantissa.first ?? "0").utf8)
        var fraction = mantissa.count > 1 && mantissa[1] != "0" ? Array(mantissa[1].utf8) : []
        let zero = UInt8(ascii: "0")
        if exponent > 0 {
            fraction += [UInt8](repeating: zero, count: max(0, exponent - fraction.count))
            whole += fraction.prefix(exponent)
            fraction.removeFirst(exponent)
        } else if exponent < 0 {
            whole = [UInt8](repeating: zero, count: max(0, 1 - exponent - whole.count)) + whole
            fraction = whole.suffix(-exponent) + fraction
            whole.removeLast(-exponent)
        }
        let digits = String(decoding: whole, as: UTF8.self)
        return sign + digits + (fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self))
    }
}
