/// A filter of RFC 7644, 3.4.2.2, built from parts, so that no value can become syntax.
struct SCIMFilter: Hashable, Sendable {
    let text: String

    /// `attribute eq "value"`
    static func equals(_ attribute: String, _ value: String) -> SCIMFilter {
        SCIMFilter(text: "\(attribute) eq \(quoted(value))")
    }

    /// Nil for none.
    static func any(of filters: [SCIMFilter]) -> SCIMFilter? {
        filters.isEmpty ? nil : SCIMFilter(text: filters.map(\.text).joined(separator: " or "))
    }

    static func all(of filters: [SCIMFilter]) -> SCIMFilter {
        SCIMFilter(text: filters.map(\.text).joined(separator: " and "))
    }

    /// The path of one value: `members[value eq "2819c223"]`.
    static func path(_ attribute: String, where filter: SCIMFilter) -> String { "\(attribute)[\(filter.text)]" }

    /// As a JSON string, which is what the grammar asks for; beyond ASCII stays as it is.
    private static func quoted(_ value: String) -> String {
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                quoted += [UInt8(ascii: "\\"), byte]
            case 0..<0x20, 0x7F:
                let digits = String(byte, radix: 16)
                quoted += Array(("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8)
            default: quoted.append(byte)
            }
        }
        quoted.append(UInt8(ascii: "\""))
        return String(decoding: quoted, as: UTF8.self)
    }
}
