/// Reads what IAM and STS answer, and no more of XML than that: elements, text, the five entities and characters by
/// number. Attributes are passed over. There are no document types, so no entities of anybody's own, nothing from
/// outside, and nothing that grows.
struct XMLReader {
    static let maximumDepth = 32

    struct Failure: Error, Hashable {
        let message: String
        /// In bytes from the start.
        let position: Int
    }

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads one document that fills the whole text.
    static func parse(_ bytes: [UInt8]) throws(Failure) -> XMLElement {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Failure(message: "the text is not UTF-8", position: 0)
        }
        var reader = XMLReader(bytes)
        reader.skipSpace()
        if reader.skip("<?xml") { try reader.skipPast("?>") }
        reader.skipSpace()
        let root = try reader.element(depth: 1)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.failure("text after the end of the document") }
        return root
    }

    private func failure(_ message: String) -> Failure { Failure(message: message, position: position) }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func sees(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    }

    private mutating func skip(_ text: StaticString) -> Bool {
        guard sees(text) else { return false }
        position += text.utf8CodeUnitCount
        return true
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private mutating func skipPast(_ text: StaticString) throws(Failure) {
        while position < bytes.count {
            if skip(text) { return }
            position += 1
        }
        throw failure("the text ends too early")
    }

    private mutating func name() throws(Failure) -> String {
        let start = position
        while let byte = current, isNameByte(byte) { position += 1 }
        guard position > start else { throw failure("a name is missing") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: byte >= 0x80
        }
    }

    private mutating func element(depth: Int) throws(Failure) -> XMLElement {
        guard depth <= Self.maximumDepth else { throw failure("elements are nested too deep") }
        guard !sees("<!"), !sees("<?"), skip("<") else { throw failure("an element is missing") }
        var element = XMLElement(name: try name())
        if try attributesEndEmpty() { return element }
        var text: [UInt8] = []
        while true {
            guard let byte = current else { throw failure("`\(element.name)` is not closed") }
            if skip("</") {
                guard try name() == element.name else { throw failure("`\(element.name)` is closed by another name") }
                skipSpace()
                guard skip(">") else { throw failure("the end of `\(element.name)` is not closed") }
                element.text = element.children.isEmpty ? String(decoding: text, as: UTF8.self) : ""
                return element
            }
            switch byte {
            case UInt8(ascii: "<"): element.children.append(try self.element(depth: depth + 1))
            case UInt8(ascii: "&"): text += try reference()
            default:
                text.append(byte)
                position += 1
            }
        }
    }

    /// Passes over the attributes; whether the element ends with them.
    private mutating func attributesEndEmpty() throws(Failure) -> Bool {
        while true {
            skipSpace()
            if skip("/>") { return true }
            if skip(">") { return false }
            _ = try name()
            skipSpace()
            guard skip("=") else { throw failure("an attribute has no value") }
            skipSpace()
            guard let quote = current, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                throw failure("an attribute's value has no quotes")
            }
            position += 1
            while let byte = current, byte != quote {
                guard byte != UInt8(ascii: "<") else { throw failure("an attribute's value has a `<`") }
                position += 1
            }
            guard current == quote else { throw failure("an attribute's value does not end") }
            position += 1
        }
    }

    private mutating func reference() throws(Failure) -> [UInt8] {
        let entities: [(StaticString, UInt8)] = [
            ("&amp;", UInt8(ascii: "&")), ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")),
            ("&quot;", UInt8(ascii: "\"")), ("&apos;", UInt8(ascii: "'")),
        ]
        for (entity, byte) in entities where skip(entity) { return [byte] }
        guard skip("&#") else { throw failure("an entity that is not known") }
        let radix = skip("x") ? 16 : 10
        let start = position
        while let byte = current, byte != UInt8(ascii: ";"), position - start < 8 { position += 1 }
        let digits = String(decoding: bytes[start..<position], as: UTF8.self)
        guard skip(";"), digits.utf8.first != UInt8(ascii: "+"), let number = UInt32(digits, radix: radix), number > 0,
            let scalar = Unicode.Scalar(number)
        else { throw failure("a character's number is none") }
        return Array(String(Character(scalar)).utf8)
    }
}
