import StrictJSON

/// A schema: its URN and its attributes.
struct SchemaDefinition: Sendable {
    let urn: String
    let name: String
    let description: String
    let attributes: [AttributeDefinition]
    /// The URN as it is compared.
    let key: String
    private let places: [String: Int]

    init(_ urn: String, _ name: String, _ description: String, _ attributes: [AttributeDefinition]) {
        self.urn = urn
        self.name = name
        self.description = description
        self.attributes = attributes
        key = urn.lowercased()
        places = Dictionary(
            attributes.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    func attribute(_ name: String) -> AttributeDefinition? {
        (places[name] ?? places[name.lowercased()]).map { attributes[$0] }
    }

    /// Of the Schemas endpoint.
    func json(base: String) -> JSONValue {
        [
            "schemas": [.string(Self.schema.urn)], "id": .string(urn), "name": .string(name),
            "description": .string(description), "attributes": .array(attributes.map(\.json)),
            "meta": ["resourceType": "Schema", "location": .string("\(base)/Schemas/\(urn)")],
        ]
    }

    /// Everything that the Schemas endpoint tells of.
    static let published: [SchemaDefinition] = [
        .user, .group, .enterpriseUser, .tenureUser, .serviceProviderConfig, .resourceType, .schema,
    ]
}

/// What can be pushed.
enum ResourceKind: String, CaseIterable, Sendable {
    case user = "User"
    case group = "Group"

    /// In paths.
    var endpoint: String {
        switch self {
        case .user: "Users"
        case .group: "Groups"
        }
    }

    var core: SchemaDefinition {
        switch self {
        case .user: .user
        case .group: .group
        }
    }

    var extensions: [SchemaDefinition] {
        switch self {
        case .user: [.enterpriseUser, .tenureUser]
        case .group: []
        }
    }

    /// The first letters of its ids, so that one kind's id is never another's.
    var idPrefix: String {
        switch self {
        case .user: "u-"
        case .group: "g-"
        }
    }

    init?(endpoint: String) {
        guard let kind = Self.allCases.first(where: { $0.endpoint == endpoint }) else { return nil }
        self = kind
    }

    /// Of the ResourceTypes endpoint.
    func json(base: String) -> JSONValue {
        let extensions = extensions.map { definition -> JSONValue in
            ["schema": .string(definition.urn), "required": false]
        }
        var object = JSONObject()
        object["schemas"] = [.string(SchemaDefinition.resourceType.urn)]
        object["id"] = .string(rawValue)
        object["name"] = .string(rawValue)
        object["endpoint"] = .string("/\(endpoint)")
        object["description"] = .string(core.description)
        object["schema"] = .string(core.urn)
        if !extensions.isEmpty { object["schemaExtensions"] = .array(extensions) }
        object["meta"] = ["resourceType": "ResourceType", "location": .string("\(base)/ResourceTypes/\(rawValue)")]
        return .object(object)
    }
}
