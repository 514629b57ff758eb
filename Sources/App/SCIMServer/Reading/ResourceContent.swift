import StrictJSON

/// What a client says of a resource, held to the schemas.
struct ResourceContent: Sendable, Equatable {
    /// In the schemas' own names; extensions under their URN. Never `id`, `meta`, `schemas`, `groups`, `members` or a
    /// password.
    var attributes = JSONObject()
    /// Of a group; nil where the client did not say, which is not the same as none.
    var members: [String]?

    /// Reads the body of a POST or a PUT.
    static func read(_ body: JSONValue, as kind: ResourceKind) throws(SCIMError) -> ResourceContent {
        guard case .object(let object) = body else {
            throw .syntax("expected an object, found \(body.kindName)")
        }
        try checkSchemas(object, kind)
        var content = ResourceContent()
        var given: Set<String> = []
        for member in object.members {
            guard given.insert(member.name.lowercased()).inserted else {
                throw .syntax("\(TextRule.quoted(member.name)) stands twice")
            }
            try content.take(member, kind)
        }
        try content.checkRequired(kind)
        content.sort(kind)
        return content
    }

    private static func checkSchemas(_ object: JSONObject, _ kind: ResourceKind) throws(SCIMError) {
        let given = object.members.first { $0.name.lowercased() == "schemas" }?.value
        guard let given, case .array(let elements) = given else {
            throw .syntax("`schemas` has to be an array with `\(kind.core.urn)` in it")
        }
        let urns = elements.compactMap(\.string)
        guard urns.count == elements.count, urns.contains(where: { $0.lowercased() == kind.core.key }) else {
            throw .syntax("`schemas` has to be an array with `\(kind.core.urn)` in it")
        }
    }

    private mutating func take(_ member: JSONObject.Member, _ kind: ResourceKind) throws(SCIMError) {
        let reader = ValueReader()
        if member.name.lowercased().hasPrefix("urn:") {
            // What another vendor's extension says is nobody's business here.
            guard let definition = kind.extensions.first(where: { $0.key == member.name.lowercased() }) else { return }
            guard case .object(let object) = member.value else {
                if case .null = member.value { return }
                throw .invalid("`\(definition.urn)`: expected an object, found \(member.value.kindName)")
            }
            let read = try Self.readExtension(object, definition)
            if !read.members.isEmpty { attributes[definition.urn] = .object(read) }
            return
        }
        guard let definition = kind.core.attribute(member.name) ?? SchemaDefinition.common.attribute(member.name)
        else { throw .syntax("\(TextRule.quoted(member.name)) is no attribute of a \(kind.rawValue)") }
        if definition.name == "schemas" { return }
        if kind == .group, definition.name == "members" {
            members = try MemberReader.read(member.value)
            return
        }
        if let value = try reader.read(member.value, as: definition, at: definition.name) {
            attributes[definition.name] = value
        }
    }

    static func readExtension(
        _ object: JSONObject, _ definition: SchemaDefinition
    ) throws(SCIMError) -> JSONObject {
        var result = JSONObject()
        var given: Set<String> = []
        // Some repeat within it which schema it is of.
        for member in object.members where member.name.lowercased() != "schemas" {
            guard let attribute = definition.attribute(member.name) else {
                throw .syntax("\(TextRule.quoted(member.name)) is no attribute of `\(definition.urn)`")
            }
            guard given.insert(attribute.key).inserted else { throw .syntax("`\(attribute.name)` stands twice") }
            if let value = try ValueReader().read(member.value, as: attribute, at: attribute.name) {
                result[attribute.name] = value
            }
        }
        return result
    }

    /// - Throws: What is missing.
    func checkRequired(_ kind: ResourceKind) throws(SCIMError) {
        for definition in kind.core.attributes where definition.isRequired {
            guard attributes.has(definition.name) else {
                throw .invalid("a \(kind.rawValue) needs `\(definition.name)`")
            }
        }
    }

    /// What lasts stays as it was where nothing is said of it: who is inactive does not become active by silence.
    mutating func keepWhatLasts(of before: ResourceContent, _ kind: ResourceKind) {
        for definition in kind.core.attributes where definition.isLasting && !attributes.has(definition.name) {
            attributes[definition.name] = before.attributes[definition.name]
        }
        sort(kind)
    }

    /// In the schemas' order, so that equal contents are equal texts.
    mutating func sort(_ kind: ResourceKind) {
        func rank(_ name: String) -> Int {
            if name == "externalId" { return -1 }
            return kind.core.attributes.firstIndex { $0.name == name } ?? Int.max
        }
        let members = attributes.members.map { member -> JSONObject.Member in
            guard let definition = kind.extensions.first(where: { $0.urn == member.name }),
                case .object(let object) = member.value
            else { return member }
            let order = definition.attributes.map(\.name)
            let sorted = object.members.sorted {
                (order.firstIndex(of: $0.name) ?? 0) < (order.firstIndex(of: $1.name) ?? 0)
            }
            return JSONObject.Member(name: member.name, value: .object(JSONObject(sorted)))
        }
        attributes = JSONObject(members.sorted { rank($0.name) < rank($1.name) })
    }
}

extension ResourceContent {
    var userName: String? { attributes["userName"]?.string }
    var displayName: String? { attributes["displayName"]?.string }
    var externalID: String? { attributes["externalId"]?.string }
    /// Whoever is not said to be inactive is active.
    var isActive: Bool { attributes["active"]?.bool ?? true }

    var enterprise: JSONObject? { attributes[SchemaDefinition.enterpriseUser.urn]?.object }
    var employeeNumber: String? { enterprise?["employeeNumber"]?.string }

    /// The name that it is unique by.
    func userNameKey() throws(SCIMError) -> String? {
        guard let userName else { return nil }
        let key = CaseFold.key(of: userName)
        guard CaseFold.isStable(key), !key.utf8.isEmpty else {
            throw .invalid("`userName` has no one form in lower case; choose another")
        }
        return key
    }
}
