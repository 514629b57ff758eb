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
        // What is written is a few hundred bytes, as a rule.
        bytes.reserveCapacity(512)
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(integerText(value))
        case .number(let value): append(ecmaScriptText(of: value))
        case .string(let value): write(string: value)
        case .array(let elements):
            open("[")
            for index in elements.indices {
                separate(isFirst: index == 0)
                write(elements[index])
            }
            close("]", isEmpty: elements.isEmpty)
        case .object(let object): write(object.members)
        }
    }

    private mutating func write(_ members: [JSONObject.Member]) {
        open("{")
        if let order = sortsNames ? Self.order(of: members) : nil {
            for (place, index) in order.enumerated() { write(members[index], isFirst: place == 0) }
        } else {
            for index in members.indices { write(members[index], isFirst: index == 0) }
        }
        close("}", isEmpty: members.isEmpty)
    }

    private mutating func write(_ member: JSONObject.Member, isFirst: Bool) {
        separate(isFirst: isFirst)
        write(string: member.name)
        bytes.append(UInt8(ascii: ":"))
        if indent != nil { bytes.append(UInt8(ascii: " ")) }
        write(member.value)
    }

    // MARK: Order

    /// Where the members are in the order of their names; nil where they stand in it. Numbers are put in order, because to move
    /// a member is to count references.
    private static func order(of members: [JSONObject.Member]) -> [Int]? {
        let isInOrder = members.indices.dropFirst().allSatisfy { precedes(members[$0 - 1].name, members[$0].name) }
        return isInOrder ? nil : members.indices.sorted { precedes(members[$0].name, members[$1].name) }
    }

    /// The order of UTF-16 code units, seen in UTF-8: it is that of the bytes, but for U+E000 to U+FFFF, which come
    /// after the surrogates of all that lies beyond.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        func rank(_ byte: UInt8) -> UInt8 { byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte }
        var (left, right) = (left, right)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                for index in 0..<min(left.count, right.count) where left[index] != right[index] {
                    return rank(left[index]) < rank(right[index])
                }
                return left.count < right.count
            }
        }
    }

    // MARK: Parts

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// JCS numbers are doubles: a whole number beyond 2^53 is written as the double that a reader would see.
    private func integerText(_ value: Int64) -> String {
        sortsNames && value.magnitude > 1 << 53 ? ecmaScriptText(of: Double(value)) : String(value)
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        depth += 1
    }

    private mutating func separate(isFirst: Bool) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        newLine()
    }

    private mutating func close(_ bracket: Unicode.Scalar, isEmpty: Bool) {
        depth -= 1
        if !isEmpty { newLine() }
        bytes.append(UInt8(ascii: bracket))
    }

    private mutating func newLine() {
        guard let indent else { return }
        append("\n" + String(repeating: " ", count: indent * depth))
    }

    private mutating func write(string: String) {
        var string = string
        bytes.append(UInt8(ascii: "\""))
        string.withUTF8 { utf8 in
            // Most texts hold nothing to escape, and are copied whole.
            if Self.isPlain(utf8) { bytes.append(contentsOf: utf8) } else { writeEscaped(utf8) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// To look at all of them costs less than to ask after each whether to go on.
    private static func isPlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        var special: UInt8 = 0
        for byte in utf8 {
            special |= byte < 0x20 ? 1 : 0
            special |= byte == UInt8(ascii: "\"") ? 1 : 0
            special |= byte == UInt8(ascii: "\\") ? 1 : 0
        }
        return special == 0
    }

    private mutating func writeEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        for byte in utf8 {
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
