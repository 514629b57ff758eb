import StrictJSON

extension CELValue {
    /// The value as JSON on one line, whole numbers as they are: ``json()`` cannot hold those beyond 64 bits with a sign.
    public func jsonText() throws(CELError) -> String {
        switch self {
        case .uint(let value): return String(value)
        case .list(let values):
            var items: [String] = []
            for value in values { items.append(try value.jsonText()) }
            return "[\(items.joined(separator: ","))]"
        case .map(let map):
            // As a whole it is told apart from others by its names, which are those of its JSON in the same order.
            let names = try json().object?.members.map(\.name) ?? []
            var members: [String] = []
            for (name, entry) in zip(names, map.entries) {
                members.append("\(JSONValue.string(name).compactText):\(try entry.value.jsonText())")
            }
            return "{\(members.joined(separator: ","))}"
        // JSON's canonical form has no such number.
        case .double(let value) where value == 0 && value.sign == .minus: return "-0.0"
        case .double(let value) where value.isFinite:
            // So that it reads back as a double.
            let text = try json().compactText
            return text.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") } ? text : "\(text).0"
        default: return try json().compactText
        }
    }
}
