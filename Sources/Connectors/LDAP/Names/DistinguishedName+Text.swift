import AccessModel

extension DistinguishedName {
    /// Parses RFC 4514, and the spaces around separators that older software writes; nil for anything else.
    init?(_ text: String) {
        if let key = Self.plainKey(of: text) {
            self.init(text: text, key: key)
            return
        }
        guard let components = Self.components(of: Array(text.utf8)) else { return nil }
        self.init(components: components)
    }

    /// The key of a name that is written as nearly all are; nil for one that must be taken apart to know.
    ///
    /// Such a name has one assertion a component, a type that has no other name, and values of ASCII in which nothing is
    /// escaped and spaces stand alone: its key is the text in lower case.
    static func plainKey(of text: String) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            var previous = UInt8(ascii: ",")
            var typeLength = 0
            var isInValue = false
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                    if !isInValue { typeLength += 1 }
                case UInt8(ascii: "=") where !isInValue && (1...longestPlainType).contains(typeLength):
                    isInValue = true
                case UInt8(ascii: ",") where isInValue && !isEdge(previous):
                    (isInValue, typeLength) = (false, 0)
                case UInt8(ascii: " ") where isInValue && !isEdge(previous): break
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "@"):
                    guard isInValue else { return nil }
                default: return nil
                }
                previous = byte
            }
            guard isInValue, !isEdge(previous) else { return nil }
            return String(unsafeUninitializedCapacity: bytes.count) { key in
                for (index, byte) in bytes.enumerated() {
                    let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                    key.initializeElement(at: index, to: isUpper ? byte | 0x20 : byte)
                }
                return bytes.count
            }
        }
    }

    /// No type of so few letters is known by several names.
    private static let longestPlainType = 5

    /// What a value does not begin or end after.
    private static func isEdge(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "=") || byte == UInt8(ascii: " ") }

    static func components(of bytes: [UInt8]) -> [[Assertion]]? {
        var scanner = NameScanner(bytes[...])
        if scanner.isAtEnd { return [] }
        var components: [[Assertion]] = []
        var relative: [Assertion] = []
        while true {
            guard let assertion = scanner.assertion() else { return nil }
            relative.append(assertion)
            if scanner.skip("+") { continue }
            components.append(relative)
            relative = []
            if scanner.isAtEnd { return components }
            guard scanner.skip(",") || scanner.skip(";") else { return nil }
        }
    }

    /// A value as RFC 4514 writes it. Bytes that are not text, and control characters, become pairs of digits.
    static func escape(_ value: [UInt8]) -> String {
        let isText = String(validating: value, as: UTF8.self) != nil
        var text: [UInt8] = []
        for (index, byte) in value.enumerated() {
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"),
                UInt8(ascii: ">"), UInt8(ascii: ";"), UInt8(ascii: "="):
                text += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "#") where index == 0:
                text += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: " ") where index == 0 || index == value.count - 1:
                text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20, 0x7F:
                text += hexEscape(byte)
            case 0x80... where !isText:
                text += hexEscape(byte)
            default:
                text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// A backslash and two digits: how both RFC 4514 and RFC 4515 write a byte.
func hexEscape(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return [UInt8(ascii: "\\"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
}

/// Reads one assertion after the other from a name's bytes.
private struct NameScanner {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skipSpaces() { rest = rest.drop { $0 == UInt8(ascii: " ") } }

    mutating func assertion() -> DistinguishedName.Assertion? {
        skipSpaces()
        let type = rest.prefix { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
        guard !type.isEmpty else { return nil }
        rest = rest.dropFirst(type.count)
        skipSpaces()
        guard skip("=") else { return nil }
        skipSpaces()
        guard let value = rest.first == UInt8(ascii: "#") ? encodedValue() : value() else { return nil }
        return DistinguishedName.Assertion(type: String(decoding: type, as: UTF8.self), value: value)
    }

    /// Up to the next separator; spaces at the end that are not escaped do not belong to it.
    private mutating func value() -> [UInt8]? {
        var value: [UInt8] = []
        var kept = 0
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: ";"):
                return Array(value.prefix(kept))
            case UInt8(ascii: "\\"):
                guard let escaped = escapedByte() else { return nil }
                value.append(escaped)
                kept = value.count
            case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), 0:
                return nil
            default:
                rest.removeFirst()
                value.append(byte)
                if byte != UInt8(ascii: " ") { kept = value.count }
            }
        }
        return Array(value.prefix(kept))
    }

    private mutating func escapedByte() -> UInt8? {
        rest.removeFirst()
        guard let first = rest.first else { return nil }
        if Array(" \"#+,;<=>\\".utf8).contains(first) {
            rest.removeFirst()
            return first
        }
        return hexByte()
    }

    private mutating func hexByte() -> UInt8? {
        let pair = rest.prefix(2).compactMap(Self.digit)
        guard pair.count == 2 else { return nil }
        rest = rest.dropFirst(2)
        return pair[0] << 4 | pair[1]
    }

    /// `#04024869`: the encoding of the value. A string is taken out of it, anything else is kept whole.
    private mutating func encodedValue() -> [UInt8]? {
        rest.removeFirst()
        var bytes: [UInt8] = []
        while rest.first.flatMap(Self.digit) != nil {
            guard let byte = hexByte() else { return nil }
            bytes.append(byte)
        }
        skipSpaces()
        let isString = bytes.count >= 2 && [0x04, 0x0C, 0x13, 0x16].contains(bytes[0]) && bytes[1] < 0x80
        guard isString else { return bytes.isEmpty ? nil : bytes }
        return bytes.count == Int(bytes[1]) + 2 ? Array(bytes[2...]) : nil
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
