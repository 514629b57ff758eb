/// The name of an entry: RFC 4514's text, taken apart and put together in pure Swift.
///
/// Two names are equal when a directory would say so: attribute types and values are compared without regard to case,
/// spaces around and runs of spaces within a value do not count, and the parts of a multi-valued name have no order.
struct DistinguishedName: Sendable, CustomStringConvertible {
    /// `uid=e-0001`: one attribute type and one value.
    struct Assertion: Sendable {
        let type: String
        /// Unescaped.
        let value: [UInt8]

        init(type: String, value: [UInt8]) {
            self.type = type
            self.value = value
        }

        init(_ type: String, _ value: String) { self.init(type: type, value: Array(value.utf8)) }

        /// As it is written, escaped.
        var text: String { "\(type)=\(DistinguishedName.escape(value))" }
    }

    /// What is compared; two names of one entry have one key.
    let key: String
    private let form: Form

    private enum Form: Sendable {
        case components([[Assertion]])
        /// Text that can be parsed, and is not before somebody asks: of a listing's names nearly all are compared only.
        case text(String)
    }

    init(components: [[Assertion]]) {
        form = .components(components)
        key = components.map(Self.key(of:)).joined(separator: ",")
    }

    /// A name whose text is known to be one, and its key.
    init(text: String, key: String) {
        form = .text(text)
        self.key = key
    }

    /// From the entry to the root; each holds one assertion, seldom more.
    var components: [[Assertion]] {
        switch form {
        case .components(let components): components
        case .text(let text): Self.components(of: Array(text.utf8)) ?? []
        }
    }

    /// The name of a child of this entry.
    func child(_ relative: [Assertion]) -> DistinguishedName {
        DistinguishedName(components: [relative] + components)
    }

    /// The first component.
    var relative: [Assertion] { components.first ?? [] }

    var parent: DistinguishedName { DistinguishedName(components: Array(components.dropFirst())) }

    /// The value of `type` in the first component, where it is text.
    func relativeValue(_ type: String) -> String? {
        let wanted = Self.canonicalType(type)
        return relative.first { Self.canonicalType($0.type) == wanted }.flatMap {
            String(validating: $0.value, as: UTF8.self)
        }
    }

    /// Whether it lies below `base`, at any depth, or is it.
    func isWithin(_ base: DistinguishedName) -> Bool {
        key == base.key || base.key.isEmpty || key.hasSuffix("," + base.key)
    }

    /// As it is written, escaped.
    var description: String { components.map(Self.text(of:)).joined(separator: ",") }

    static func text(of relative: [Assertion]) -> String { relative.map(\.text).joined(separator: "+") }

    private static func key(of relative: [Assertion]) -> String {
        let parts = relative.map { "\(canonicalType($0.type))=\(escape(folded($0.value)))" }
        return parts.count == 1 ? parts[0] : parts.sorted().joined(separator: "+")
    }

    /// Types that are known by several names, in one of them.
    static func canonicalType(_ type: String) -> String {
        let type = type.lowercased()
        return aliases[type] ?? type
    }

    private static let aliases = [
        "2.5.4.3": "cn", "commonname": "cn", "2.5.4.4": "sn", "surname": "sn", "2.5.4.6": "c", "countryname": "c",
        "2.5.4.7": "l", "localityname": "l", "2.5.4.10": "o", "organizationname": "o", "2.5.4.11": "ou",
        "organizationalunitname": "ou", "0.9.2342.19200300.100.1.1": "uid", "userid": "uid",
        "0.9.2342.19200300.100.1.3": "mail", "rfc822mailbox": "mail", "0.9.2342.19200300.100.1.25": "dc",
        "domaincomponent": "dc", "2.16.840.1.113730.3.1.3": "employeenumber",
    ]

    /// Lower case, without outer spaces, inner runs of spaces as one. What is not UTF-8 stays as it is.
    private static func folded(_ value: [UInt8]) -> [UInt8] {
        guard let text = String(validating: value, as: UTF8.self) else { return value }
        let words = Array(text.lowercased().utf8).split(separator: UInt8(ascii: " "))
        return Array(words.joined(separator: [UInt8(ascii: " ")]))
    }
}

extension DistinguishedName: Hashable {
    static func == (left: DistinguishedName, right: DistinguishedName) -> Bool { left.key == right.key }
    func hash(into hasher: inout Hasher) { hasher.combine(key) }
}
