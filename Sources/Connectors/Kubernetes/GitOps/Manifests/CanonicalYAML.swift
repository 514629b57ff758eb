import StrictJSON

/// Writes objects of the Kubernetes API as YAML, the same object always as the same bytes: members in a fixed order, texts
/// plain where nobody can take them for anything else and quoted elsewhere.
enum CanonicalYAML {
    static func text(_ object: JSONValue) -> String {
        var lines: [String] = []
        write(object, indent: 0, into: &lines)
        return lines.map { $0 + "\n" }.joined()
    }

    private static func write(_ value: JSONValue, indent: Int, into lines: inout [String]) {
        let space = String(repeating: " ", count: indent)
        guard let object = value.object else {
            lines.append(space + inline(value))
            return
        }
        for member in ordered(object) {
            let name = space + scalar(member.name) + ":"
            switch member.value {
            case .object(let inner) where !inner.members.isEmpty:
                lines.append(name)
                write(member.value, indent: indent + 2, into: &lines)
            case .array(let elements) where !elements.isEmpty:
                lines.append(name)
                for element in elements { writeElement(element, indent: indent, into: &lines) }
            default: lines.append(name + " " + inline(member.value))
            }
        }
    }

    private static func writeElement(_ element: JSONValue, indent: Int, into lines: inout [String]) {
        var inner: [String] = []
        write(element, indent: indent + 2, into: &inner)
        guard let first = inner.first else { return }
        lines.append(String(repeating: " ", count: indent) + "- " + first.dropFirst(indent + 2))
        lines += inner.dropFirst()
    }

    private static let leading = ["apiVersion", "kind", "metadata", "name", "namespace"]

    private static func ordered(_ object: JSONObject) -> [JSONObject.Member] {
        func rank(_ name: String) -> Int { leading.firstIndex(of: name) ?? leading.count }
        return object.members.sorted { left, right in
            (rank(left.name), left.name) < (rank(right.name), right.name)
        }
    }

    private static func inline(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): scalar(text)
        // What is neither text nor a mapping is JSON, which YAML is too.
        default: value.compactText
        }
    }

    private static let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]

    private static func scalar(_ text: String) -> String {
        guard let first = text.utf8.first, first.isLetter, !words.contains(text.lowercased()),
            text.utf8.allSatisfy({ $0.isLetter || $0.isDigit || "-_./".utf8.contains($0) })
        else { return JSONValue.string(text).compactText }
        return text
    }
}
