/// Where an attribute stands in resources of one kind: `userName`, `name.familyName`,
/// `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value`, or an extension as a whole.
struct AttributePath: Sendable {
    /// Nil for the core schema and what every resource has.
    let ofExtension: SchemaDefinition?
    /// Nil for an extension as a whole.
    let attribute: AttributeDefinition?
    let sub: AttributeDefinition?

    /// What its value is: of the last that is named.
    var target: AttributeDefinition? { sub ?? attribute }

    /// Nil where resources of this kind have no such attribute.
    init?(_ text: String, in kind: ResourceKind) {
        guard let split = SchemaReference(text, in: kind) else { return nil }
        ofExtension = split.ofExtension
        guard let rest = split.rest else {
            guard split.ofExtension != nil else { return nil }
            (attribute, sub) = (nil, nil)
            return
        }
        let names = rest.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(names.count), let found = split.definition(names[0], in: kind) else { return nil }
        attribute = found
        guard names.count == 2 else {
            sub = nil
            return
        }
        guard let within = found.subAttribute(names[1]) else { return nil }
        sub = within
    }

    init(_ ofExtension: SchemaDefinition?, _ attribute: AttributeDefinition?, _ sub: AttributeDefinition? = nil) {
        self.ofExtension = ofExtension
        self.attribute = attribute
        self.sub = sub
    }
}

/// What a path begins with: a schema that it names, or none, which is the core schema.
struct SchemaReference {
    let ofExtension: SchemaDefinition?
    /// Nil where the path names a schema and nothing else.
    let rest: String?

    /// Nil where it names a schema that resources of this kind do not have.
    init?(_ text: String, in kind: ResourceKind) {
        guard text.lowercased().hasPrefix("urn:") else {
            ofExtension = nil
            rest = text
            return
        }
        let lowered = text.lowercased()
        for definition in [kind.core] + kind.extensions {
            guard lowered.hasPrefix(definition.key) else { continue }
            let tail = text.dropFirst(definition.urn.count)
            guard tail.isEmpty || tail.hasPrefix(":") else { continue }
            ofExtension = definition.key == kind.core.key ? nil : definition
            rest = tail.isEmpty ? nil : String(tail.dropFirst())
            return
        }
        return nil
    }

    func definition(_ name: String, in kind: ResourceKind) -> AttributeDefinition? {
        if let ofExtension { return ofExtension.attribute(name) }
        return kind.core.attribute(name) ?? SchemaDefinition.common.attribute(name)
    }
}
