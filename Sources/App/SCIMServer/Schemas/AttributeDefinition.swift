import StrictJSON

/// One attribute of a schema (RFC 7643, section 7): what the Schemas document says of it, and what a body, a filter, a
/// patch and a projection are held to.
struct AttributeDefinition: Sendable {
    enum Kind: String, Sendable {
        case string, boolean, decimal, integer, dateTime, binary, reference, complex
    }

    enum Mutability: String, Sendable {
        case readOnly, readWrite, immutable, writeOnly
    }

    enum Returned: String, Sendable {
        case always, never, `default`, request
    }

    enum Uniqueness: String, Sendable {
        case none, server, global
    }

    let name: String
    /// How it is looked up: names are compared without case.
    let key: String
    /// Its name in `scim_resources.search`: letters and digits alone.
    let searchName: String
    var kind: Kind
    var description: String
    var isMultiValued = false
    var isRequired = false
    /// Whether case tells two values apart.
    var caseExact = false
    var mutability: Mutability = .readWrite
    var returned: Returned = .default
    var uniqueness: Uniqueness = .none
    /// Usual words; others are taken too.
    var canonicalValues: [String] = []
    var referenceTypes: [String] = []
    var subAttributes: [AttributeDefinition] = []
    /// Bytes that a text may have.
    var maximumLength = 1_024
    /// Whether a text may have several lines, as an address on an envelope.
    var allowsLines = false
    /// Whether it keeps its value until another one is said: nobody clears it.
    var isLasting = false
    /// Whether a text is a day, or a time. SCIM's type for times has no days.
    var isDayOrTime = false

    init(_ name: String, _ kind: Kind, _ description: String) {
        self.name = name
        key = name.lowercased()
        searchName = name == "$ref" ? "ref" : key
        self.kind = kind
        self.description = description
    }

    func subAttribute(_ name: String) -> AttributeDefinition? {
        if let exact = subAttributes.first(where: { $0.name == name }) { return exact }
        let key = name.lowercased()
        return subAttributes.first { $0.key == key }
    }

    /// As the Schemas document has it.
    var json: JSONValue {
        var object = JSONObject()
        object["name"] = .string(name)
        object["type"] = .string(kind.rawValue)
        object["multiValued"] = .bool(isMultiValued)
        object["description"] = .string(description)
        // What cannot be cleared is not optional to a client, even where one that is made without it is given it.
        object["required"] = .bool(isRequired || isLasting)
        if !canonicalValues.isEmpty { object["canonicalValues"] = .array(canonicalValues.map { .string($0) }) }
        if kind != .complex { object["caseExact"] = .bool(caseExact) }
        object["mutability"] = .string(mutability.rawValue)
        object["returned"] = .string(returned.rawValue)
        if kind != .complex { object["uniqueness"] = .string(uniqueness.rawValue) }
        if !referenceTypes.isEmpty { object["referenceTypes"] = .array(referenceTypes.map { .string($0) }) }
        if !subAttributes.isEmpty { object["subAttributes"] = .array(subAttributes.map(\.json)) }
        return .object(object)
    }
}

extension AttributeDefinition {
    static func string(_ name: String, _ description: String) -> AttributeDefinition {
        AttributeDefinition(name, .string, description)
    }

    static func boolean(_ name: String, _ description: String) -> AttributeDefinition {
        AttributeDefinition(name, .boolean, description)
    }

    /// Its text is compared exactly.
    static func reference(_ name: String, _ types: [String], _ description: String) -> AttributeDefinition {
        var definition = AttributeDefinition(name, .reference, description)
        definition.referenceTypes = types
        definition.caseExact = true
        definition.maximumLength = 2_048
        return definition
    }

    static func complex(
        _ name: String, _ description: String, _ subAttributes: [AttributeDefinition]
    ) -> AttributeDefinition {
        var definition = AttributeDefinition(name, .complex, description)
        definition.subAttributes = subAttributes
        return definition
    }

    /// A list of values that each have a type, one of which may be the primary one.
    static func list(
        _ name: String, _ description: String, value: AttributeDefinition, types: [String] = []
    ) -> AttributeDefinition {
        complex(
            name, description,
            [
                value, string("display", "How the value is shown to people."),
                string("type", "What the value is for.").of(types),
                boolean("primary", "Whether it is the preferred one; at most one value is."),
            ]
        ).many
    }

    var required: AttributeDefinition { with { $0.isRequired = true } }
    var exact: AttributeDefinition { with { $0.caseExact = true } }
    var many: AttributeDefinition { with { $0.isMultiValued = true } }
    var lines: AttributeDefinition { with { ($0.allowsLines, $0.maximumLength) = (true, 4_096) } }

    var lasting: AttributeDefinition { with { $0.isLasting = true } }
    var dayOrTime: AttributeDefinition { with { $0.isDayOrTime = true } }

    func of(_ values: [String]) -> AttributeDefinition { with { $0.canonicalValues = values } }
    func being(_ mutability: Mutability) -> AttributeDefinition { with { $0.mutability = mutability } }
    func shown(_ returned: Returned) -> AttributeDefinition { with { $0.returned = returned } }
    func unique(_ uniqueness: Uniqueness) -> AttributeDefinition { with { $0.uniqueness = uniqueness } }
    func upTo(_ bytes: Int) -> AttributeDefinition { with { $0.maximumLength = bytes } }

    private func with(_ change: (inout AttributeDefinition) -> Void) -> AttributeDefinition {
        var definition = self
        change(&definition)
        return definition
    }
}
