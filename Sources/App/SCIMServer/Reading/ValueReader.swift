import AccessModel
import StrictJSON

/// Holds a value to its definition and gives it its one form: names as the schema writes them, nothing unassigned, nothing
/// that only the server may say.
struct ValueReader {
    /// Values that one attribute may have.
    static let maximumValues = 500

    /// The value; nil where it is unassigned, or not the client's to say.
    ///
    /// - Parameter place: For messages: `emails[0].value`.
    func read(
        _ value: JSONValue, as definition: AttributeDefinition, at place: String
    ) throws(SCIMError) -> JSONValue? {
        if case .null = value { return nil }
        guard definition.mutability != .readOnly else { return nil }
        guard definition.isMultiValued else { return try readOne(value, as: definition, at: place) }
        guard case .array(let elements) = value else { throw mismatch("an array", value, at: place) }
        return try readMany(elements, as: definition, at: place)
    }

    func readMany(
        _ elements: [JSONValue], as definition: AttributeDefinition, at place: String
    ) throws(SCIMError) -> JSONValue? {
        guard elements.count <= Self.maximumValues else {
            throw .invalid("`\(place)` has \(elements.count) values; \(Self.maximumValues) are taken")
        }
        var values: [JSONValue] = []
        for (index, element) in elements.enumerated() {
            guard let value = try readOne(element, as: definition, at: "\(place)[\(index)]") else { continue }
            if !values.contains(value) { values.append(value) }
        }
        guard values.count(where: { $0["primary"] == .bool(true) }) < 2 else {
            throw .invalid("`\(place)` has two primary values; one is taken")
        }
        return values.isEmpty ? JSONValue?.none : .array(values)
    }

    /// One value of an attribute that may have several.
    func readOne(
        _ value: JSONValue, as definition: AttributeDefinition, at place: String
    ) throws(SCIMError) -> JSONValue? {
        switch (definition.kind, value) {
        case (_, .null): return nil
        case (.complex, .object(let object)): return try readComplex(object, as: definition, at: place)
        case (.complex, _): throw mismatch("an object", value, at: place)
        case (.boolean, _): return .bool(try readBoolean(value, at: place))
        case (.string, .string(let text)), (.reference, .string(let text)), (.binary, .string(let text)),
            (.dateTime, .string(let text)):
            try check(text, as: definition, at: place)
            return definition.mutability == .writeOnly ? JSONValue?.none : value
        case (.integer, .integer), (.decimal, .integer), (.decimal, .number): return value
        case (.integer, _), (.decimal, _): throw mismatch("a number", value, at: place)
        default: throw mismatch("a string", value, at: place)
        }
    }

    private func readComplex(
        _ object: JSONObject, as definition: AttributeDefinition, at place: String
    ) throws(SCIMError) -> JSONValue? {
        var given: [String: JSONValue] = [:]
        for member in object.members {
            guard let sub = definition.subAttribute(member.name) else {
                throw .syntax("\(TextRule.quoted(member.name)) is no attribute of `\(place)`")
            }
            guard given.updateValue(member.value, forKey: sub.key).isMissing else {
                throw .syntax("`\(place).\(sub.name)` stands twice")
            }
        }
        var result = JSONObject()
        for sub in definition.subAttributes {
            guard let value = given[sub.key] else { continue }
            if let read = try read(value, as: sub, at: "\(place).\(sub.name)") { result[sub.name] = read }
        }
        return result.members.isEmpty ? JSONValue?.none : .object(result)
    }

    /// Some identity providers write booleans as words.
    private func readBoolean(_ value: JSONValue, at place: String) throws(SCIMError) -> Bool {
        switch value {
        case .bool(let value): return value
        case .string(let text) where text.lowercased() == "true": return true
        case .string(let text) where text.lowercased() == "false": return false
        default: throw mismatch("true or false", value, at: place)
        }
    }

    private func check(_ text: String, as definition: AttributeDefinition, at place: String) throws(SCIMError) {
        if let fault = TextRule.fault(in: text, of: definition) { throw .invalid("`\(place)`: \(fault)") }
        if definition.kind == .binary, !TextRule.isBase64(text) { throw .invalid("`\(place)` is no base64") }
        if definition.kind == .dateTime, Instant(text) == nil {
            throw .invalid("`\(place)` is no time; expected one like `2026-11-21T17:00:00Z`")
        }
        if definition.isDayOrTime, Instant(text) == nil, CalendarDay(text) == nil {
            throw .invalid("`\(place)` is no day like `2026-11-21`, and no time like `2026-11-21T17:00:00Z`")
        }
        if definition.isRequired, text.utf8.allSatisfy({ $0 == 0x20 }) {
            throw .invalid("`\(place)` may not be empty")
        }
    }

    private func mismatch(_ expected: String, _ value: JSONValue, at place: String) -> SCIMError {
        .invalid("`\(place)`: expected \(expected), found \(value.kindName)")
    }
}
