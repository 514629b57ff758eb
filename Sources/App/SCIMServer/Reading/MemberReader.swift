import StrictJSON

/// Reads members of a group. Anything that is not plainly a list of them is refused: it must never come to mean all, or
/// none.
enum MemberReader {
    /// Members that one request may name.
    static let maximumMembers = 50_000

    private static let definition = SchemaDefinition.group.attribute("members")

    /// The ids, each once: of an array of objects with a `value`, or null for none.
    static func read(_ value: JSONValue) throws(SCIMError) -> [String] {
        switch value {
        case .null: return []
        case .array(let elements):
            guard elements.count <= maximumMembers else {
                throw .invalid("\(elements.count) members are too many for one request; \(maximumMembers) are taken")
            }
            var ids: [String] = []
            var seen: Set<String> = []
            for (index, element) in elements.enumerated() {
                let id = try readOne(element, at: "members[\(index)]")
                if seen.insert(id).inserted { ids.append(id) }
            }
            return ids
        default: throw .invalid("`members`: expected an array, found \(value.kindName)")
        }
    }

    /// The same, of a patch: one object stands for a list of it.
    static func readPatch(_ value: JSONValue) throws(SCIMError) -> [String] {
        if case .object = value { return [try readOne(value, at: "members")] }
        guard case .array = value else { throw .invalid("`members`: expected an array, found \(value.kindName)") }
        return try read(value)
    }

    private static func readOne(_ value: JSONValue, at place: String) throws(SCIMError) -> String {
        guard let definition, case .object(let object)? = try ValueReader().readOne(value, as: definition, at: place)
        else { throw .invalid("`\(place)`: a member is an object with a `value`") }
        guard let id = object["value"]?.string, !id.isEmpty else {
            throw .invalid("`\(place).value` is missing: the member's id")
        }
        guard id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalid("`\(place).value` is no id; one has printable characters of ASCII alone")
        }
        return id
    }
}
