import AccessModel

/// Whether a template can tell every group from every other.
enum NamingTemplate {
    private static let placeholders = ["{tenant}", "{tier}", "{role}", "{roles}"]

    /// What is wrong with it; nil when nothing is.
    static func problem(of template: String) -> String? {
        var rest = template[...]
        var seen: Set<Substring> = []
        while let first = rest.first {
            guard first == "{" else {
                guard first.utf8.count == 1, let byte = first.utf8.first, isLiteral(byte) else {
                    return "the template may hold letters, digits, `-`, `_`, `.` and placeholders, not "
                        + String(first).quoted
                }
                rest = rest.dropFirst()
                continue
            }
            guard let end = rest.firstIndex(of: "}") else { return "the template opens a `{` that it does not close" }
            let placeholder = rest[...end]
            guard placeholders.contains(where: { $0 == placeholder }) else {
                return "there is no placeholder \(String(placeholder).quoted); known are "
                    + SchemaDecoder.listed(placeholders)
            }
            seen.insert(placeholder)
            rest = rest[rest.index(after: end)...]
        }
        guard seen.contains("{tenant}"), seen.contains("{tier}"), seen.contains("{role}") || seen.contains("{roles}")
        else {
            return "the template must hold `{tenant}`, `{tier}` and `{role}` or `{roles}`, or groups would share a name"
        }
        return nil
    }

    private static func isLiteral(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".")
    }
}
