import AccessModel

/// What entries a search is for. Values are data however they are spelt: the text form escapes them (RFC 4515).
indirect enum SearchFilter: Hashable, Sendable, CustomStringConvertible {
    case present(String)
    case equals(String, [UInt8])
    case and([SearchFilter])
    case or([SearchFilter])
    case not(SearchFilter)

    static func equals(_ attribute: String, _ value: String) -> SearchFilter { .equals(attribute, Array(value.utf8)) }

    /// Any of the values.
    static func any(of attributes: [String], are values: some Sequence<String>) -> SearchFilter {
        .or(values.flatMap { value in attributes.map { SearchFilter.equals($0, value) } })
    }

    static let everything = SearchFilter.present("objectClass")

    var description: String {
        switch self {
        case .present(let attribute): "(\(attribute)=*)"
        case .equals(let attribute, let value): "(\(attribute)=\(Self.escape(value)))"
        case .and(let parts): "(&\(parts.map(\.description).joined()))"
        case .or(let parts): "(|\(parts.map(\.description).joined()))"
        case .not(let part): "(!\(part))"
        }
    }

    /// Letters, digits and a few marks stay as they are; every other byte becomes a pair of digits.
    static func escape(_ value: [UInt8]) -> String {
        let marks = Array("@.-_=, ".utf8)
        let text = value.flatMap { byte in
            byte.isLetter || byte.isDigit || marks.contains(byte) ? [byte] : hexEscape(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
