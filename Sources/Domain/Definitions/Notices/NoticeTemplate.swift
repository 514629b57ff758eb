/// Text with places: `{group}` is filled with what the notice says, `{{` and `}}` are braces.
public struct NoticeTemplate: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case text(String)
        case place(String)
    }

    private let parts: [Part]

    /// What is wrong with a template's text.
    public struct Problem: Error, Hashable, Sendable {
        public let message: String
    }

    /// Reads a template whose places are among `fields`.
    public init(_ text: String, fields: [String]) throws(Problem) {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        func end() {
            if !literal.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
            literal = []
        }
        while let byte = bytes.popFirst() {
            let isDoubled = bytes.first == byte
            switch byte {
            case UInt8(ascii: "{") where isDoubled, UInt8(ascii: "}") where isDoubled:
                literal.append(byte)
                bytes = bytes.dropFirst()
            case UInt8(ascii: "{"):
                end()
                parts.append(.place(try Self.place(&bytes, fields)))
            case UInt8(ascii: "}"):
                throw Problem(message: "a `}` has no `{` before it; write `}}` for a brace")
            default: literal.append(byte)
            }
        }
        end()
        self.parts = parts
    }

    /// For a text that is known to have only places among the fields; anything else in it stays as it is written.
    init(builtIn text: String, fields: [String]) {
        do {
            self = try NoticeTemplate(text, fields: fields)
        } catch {
            parts = [.text(text)]
        }
    }

    /// The names of its places.
    public var places: [String] { parts.compactMap { if case .place(let name) = $0 { name } else { nil } } }

    /// The text with what `value` gives for each place; a place without a value is `-`.
    public func filled(_ value: (String) -> String?) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .place(let name): value(name) ?? "-"
            }
        }.joined()
    }

    private static func place(_ bytes: inout ArraySlice<UInt8>, _ fields: [String]) throws(Problem) -> String {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "}")) else {
            throw Problem(message: "a `{` has no `}` after it; write `{{` for a brace")
        }
        let name = String(decoding: bytes[..<end], as: UTF8.self)
        bytes = bytes[(end + 1)...]
        guard fields.contains(name) else {
            let otherwise = "; there are \(SchemaDecoder.listed(fields))"
            throw Problem(
                message: "a notice of this kind has no \(name.quoted)"
                    + NearestName.suggestion(for: name, among: fields, otherwise: otherwise))
        }
        return name
    }
}
