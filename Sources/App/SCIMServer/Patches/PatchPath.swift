import StrictJSON

/// Where an operation of a patch applies (RFC 7644, figure 7): an attribute, a part of one, values that fit a filter, a part
/// of those, or an extension as a whole.
struct PatchPath: Sendable {
    let ofExtension: SchemaDefinition?
    /// Nil for an extension as a whole.
    let attribute: AttributeDefinition?
    let filter: Filter?
    let sub: AttributeDefinition?

    init(_ text: String, in kind: ResourceKind) throws(SCIMError) {
        let refuse: (String) -> SCIMError = { .path("the path \(TextRule.quoted(text)) cannot be read: \($0)") }
        guard text.utf8.count <= FilterParser.maximumLength else { throw refuse("it is too long") }
        var tokens = try FilterScanner.tokens(text, error: refuse)[...]
        guard case .word(let name)? = tokens.popFirst() else { throw refuse("it names no attribute") }
        guard let path = AttributePath(name, in: kind) else {
            throw .path("\(TextRule.quoted(name)) is no attribute of a \(kind.rawValue)")
        }
        ofExtension = path.ofExtension
        attribute = path.attribute
        guard tokens.first == .openBracket else {
            guard tokens.isEmpty else { throw refuse("nothing more was expected") }
            filter = nil
            sub = path.sub
            return
        }
        guard let attribute, path.sub == nil, attribute.isMultiValued, attribute.kind == .complex else {
            throw refuse("what stands before the bracket has not several values")
        }
        let filter = try FilterParser.parseBracket(&tokens, error: refuse)
        // Whatever it asks for is looked up now, whether there are values to ask or not.
        _ = try FilterEvaluation(definition: attribute).fits(.object(JSONObject()), filter)
        self.filter = filter
        if case .sub(let part)? = tokens.first {
            guard let found = attribute.subAttribute(part) else {
                throw refuse("\(TextRule.quoted(part)) is no attribute of `\(attribute.name)`")
            }
            tokens.removeFirst()
            sub = found
        } else {
            sub = nil
        }
        guard tokens.isEmpty else { throw refuse("nothing more was expected") }
    }

    var isMembers: Bool { ofExtension == nil && attribute?.name == "members" }

    /// The schemas are told from what a resource holds; what a client says of them is passed over.
    var isSchemas: Bool { ofExtension == nil && attribute?.name == "schemas" }

    /// For messages.
    var name: String {
        let parts = [attribute?.name ?? ofExtension?.urn, sub?.name].compactMap { $0 }
        return parts.joined(separator: ".")
    }

    /// The first part of it that nobody but the server may change.
    var readOnly: AttributeDefinition? {
        [attribute, sub].compactMap { $0 }.first { $0.mutability == .readOnly }
    }
}
