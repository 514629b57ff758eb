import StrictJSON

/// What filters and orders look into: the content in one form, whatever way it was written in.
enum SearchDocument {
    /// Columns of their own have these.
    private static let apart: Set<String> = ["userName", "displayName", "externalId", "active"]

    static func make(_ content: ResourceContent, _ kind: ResourceKind) -> JSONValue {
        var document = JSONObject()
        for definition in kind.core.attributes where !apart.contains(definition.name) {
            if let value = content.attributes[definition.name].flatMap({ fold($0, definition) }) {
                document[definition.searchName] = value
            }
        }
        for schema in kind.extensions {
            guard let object = content.attributes[schema.urn]?.object else { continue }
            document[schema.searchName] = fold(object, schema.attributes)
        }
        return .object(document)
    }

    private static func fold(_ value: JSONValue, _ definition: AttributeDefinition) -> JSONValue? {
        switch value {
        case .array(let elements):
            // One with nothing but empty texts in it is one of the values all the same.
            let values = elements.map { foldOne($0, definition) ?? JSONValue.object(JSONObject()) }
            let primary = values.filter { $0["primary"]?.string == "true" }
            let others = values.filter { $0["primary"]?.string != "true" }
            return values.isEmpty ? JSONValue?.none : .array(primary + others)
        default: return foldOne(value, definition)
        }
    }

    private static func foldOne(_ value: JSONValue, _ definition: AttributeDefinition) -> JSONValue? {
        switch value {
        case .object(let object): fold(object, definition.subAttributes)
        case .string(let text):
            text.isEmpty ? JSONValue?.none : .string(definition.caseExact ? text : CaseFold.key(of: text))
        case .bool(let flag): .string(flag ? "true" : "false")
        default: value
        }
    }

    private static func fold(_ object: JSONObject, _ definitions: [AttributeDefinition]) -> JSONValue? {
        var folded = JSONObject()
        for definition in definitions {
            guard let value = object[definition.name].flatMap({ fold($0, definition) }) else { continue }
            folded[definition.searchName] = value
        }
        return folded.members.isEmpty ? JSONValue?.none : .object(folded)
    }
}
