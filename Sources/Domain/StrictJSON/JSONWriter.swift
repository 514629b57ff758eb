extension JSONValue {
    /// The canonical form of RFC 8785 (JCS): members by their UTF-16 names, shortest numbers as ECMAScript writes
    /// them, no space. Equal values give equal bytes, so it is what is hashed and signed.
    public var canonicalBytes: [UInt8] {
        var writer = JSONWriter(indent: nil, sortsNames: true)
        writer.write(self)
        return writer.bytes
    }

    /// On one line, members in their own order.
    public var compactText: String {
        var writer = JSONWriter(indent: nil, sortsNames: false)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// On many lines, two spaces a level, members in their own order; ends without a line feed.
    public var prettyText: String {
        var writer = JSONWriter(indent: 2, sortsNames: false)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

struct JSONWriter {
    let indent: Int?
    let sortsNames: Bool
    private(set) var bytes: [UInt8] = []
    private var depth = 0

    init(indent: Int?, sortsNames: Bool) {
        self.indent = indent
        self.sortsNames = sortsNames
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(integerText(value))
        case .number(let value): append(ecmaScriptText(of: value))
        case .string(let value): write(string: value)
        case .array(let elements): sequence("[", "]", elements) { writer, element in writer.write(element) }
        case .object(let object):
            let members = sortsNames ? Self.sorted(object.members) : object.members
            sequence("{", "}", members) { writer, member in
                writer.write(string: member.name)
                writer.append(writer.indent == nil ? ":" : ": ")
                writer.write(member.value)
            }
        }
    }

    private static func sorted(_ members: [JSONObject.Member]) -> [JSONObject.Member] {
        let isInOrder = zip(members, members.dropFirst()).allSatisfy { precedes($0.name, $1.name) }
        return isInOrder ? members : members.sorted { precedes($0.name, $1.name) }
    }

    /// The order of UTF-16 code units, seen in UTF-8: it is that of the bytes, but for U+E000 to U+FFFF, which come
    /// after the surrogates of all that lies beyond.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        func rank(_ byte: UInt8) -> UInt8 { byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte }
        return left.utf8.lexicographicallyPrecedes(right.utf8) { rank($0) < rank($1) }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// JCS numbers are doubles: a whole number beyond 2^53 is written as the double that a reader would see.
    private func integerText(_ value: Int64) -> String {
        sortsNames && value.magnitude > 1 << 53 ? ecmaScriptText(of: Double(value)) : String(value)
    }

    private mutating func sequence<Element>(
        _ open: String, _ close: String, _ elements: [Element], _ body: (inout JSONWriter, Element) -> Void
    ) {
        append(open)
        depth += 1
        for (index, element) in elements.enumerated() {
            if index > 0 { append(",") }
            newLine()
            body(&self, element)
        }
        depth -= 1
        if !elements.isEmpty { newLine() }
        append(close)
    }

    private mutating func newLine() {
        guard let indent else { return }
        append("\n" + String(repeating: " ", count: indent * depth))
    }

    private mutating func write(string: String) {
        bytes.append(UInt8(ascii: "\""))
        // Most texts hold nothing to escape, and are copied whole.
        let isPlain = string.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        if isPlain { append(string) } else { writeEscaped(string) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func writeEscaped(_ string: String) {
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
            default: bytes.append(byte)
            }
        }
    }
}

/// A finite double as ECMAScript's `Number.prototype.toString` writes it, which is what RFC 8785 asks for.
func ecmaScriptText(of value: Double) -> String {
    if value == 0 { return "0" }
    let sign = value < 0 ? "-" : ""
    // Swift prints the shortest digits that read back as the same double; only their arrangement differs.
    let (digits, point) = shortestDigits(of: value.magnitude)
    let count = digits.count
    if point > 21 || point < -5 {
        let fraction = count > 1 ? "." + String(decoding: digits[1...], as: UTF8.self) : ""
        let exponent = point - 1
        return sign + String(decoding: digits[..<1], as: UTF8.self) + fraction + "e" + (exponent < 0 ? "-" : "+")
            + String(exponent.magnitude)
    }
    if point <= 0 {
        return sign + "0." + String(repeating: "0", count: -point) + String(decoding: digits, as: UTF8.self)
    }
    if point >= count {
        return sign + String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: point - count)
    }
    return sign + String(decoding: digits[..<point], as: UTF8.self) + "."
        + String(decoding: digits[point...], as: UTF8.self)
}

/// The significant digits, without zeros at either end, and where the decimal point stands among them.
private func shortestDigits(of value: Double) -> (digits: [UInt8], point: Int) {
    let parts = "\(value)".utf8.split(separator: UInt8(ascii: "e"))
    let exponent = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
    let mantissa = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    var digits = Array(mantissa[0]) + (mantissa.count > 1 ? Array(mantissa[1]) : [])
    var point = mantissa[0].count + exponent
    while digits.count > 1, digits.first == UInt8(ascii: "0") {
        digits.removeFirst()
        point -= 1
    }
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    return (digits, point)
}
