import StrictJSON
import WebServer

/// What the service says of itself (RFC 7644, section 4). It tells nothing of anybody, so no token is asked for.
extension SCIMService {
    var discoveryRoutes: [Route] {
        [
            route(.get, "/ServiceProviderConfig") { request in
                try Self.refuseFilter(request)
                return Self.answer(configuration)
            },
            route(.get, "/ResourceTypes") { request in
                try Self.refuseFilter(request)
                return Self.list(ResourceKind.allCases.map { $0.json(base: view.base) })
            },
            route(.get, "/ResourceTypes/{id}") { request in
                let id = try request.parameter("id")
                guard let kind = ResourceKind(rawValue: id) else { throw SCIMError.unknown(id) }
                return Self.answer(kind.json(base: view.base))
            },
            route(.get, "/Schemas") { request in
                try Self.refuseFilter(request)
                return Self.list(SchemaDefinition.published.map { $0.json(base: view.base) })
            },
            route(.get, "/Schemas/{id}") { request in
                let id = try request.parameter("id")
                guard let schema = SchemaDefinition.published.first(where: { $0.key == id.lowercased() }) else {
                    throw SCIMError.unknown(id)
                }
                return Self.answer(schema.json(base: view.base))
            },
        ]
            + [.get, .post, .put, .patch, .delete].map { method in
                route(method, "/Me") { _ in
                    throw SCIMError(.notImplemented, nil, "a client is nobody in particular: there is no `/Me`")
                }
            }
    }

    /// RFC 7644, section 4: a filter here is forbidden, so that nobody takes a part for all.
    private static func refuseFilter(_ request: WebRequest) throws {
        guard try request.query.value("filter") == nil else {
            throw SCIMError(.forbidden, nil, "discovery documents cannot be filtered")
        }
    }

    private static func list(_ resources: [JSONValue]) -> WebResponse {
        answer([
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": .integer(Int64(resources.count)), "itemsPerPage": .integer(Int64(resources.count)),
            "startIndex": 1, "Resources": .array(resources),
        ])
    }

    private var configuration: JSONValue {
        [
            "schemas": [.string(SchemaDefinition.serviceProviderConfig.urn)],
            "patch": ["supported": true],
            "bulk": [
                "supported": true, "maxOperations": .integer(Int64(BulkRequest.maximumOperations)),
                "maxPayloadSize": .integer(Int64(bodyLimit)),
            ],
            "filter": ["supported": true, "maxResults": .integer(Int64(ListRequest.maximumCount))],
            "changePassword": ["supported": false], "sort": ["supported": true], "etag": ["supported": true],
            "pagination": [
                "cursor": true, "index": true, "defaultPaginationMethod": "index",
                "defaultPageSize": .integer(Int64(ListRequest.defaultCount)),
                "maxPageSize": .integer(Int64(ListRequest.maximumCount)),
                "cursorTimeout": .integer(PageCursor.lifetime.milliseconds / 1_000),
            ],
            "authenticationSchemes": [
                [
                    "type": "oauthbearertoken", "name": "Bearer token",
                    "description": "A token of the client's own, in the Authorization header.",
                    "specUri": "https://www.rfc-editor.org/info/rfc6750", "primary": true,
                ]
            ],
            "meta": [
                "resourceType": "ServiceProviderConfig",
                "location": .string("\(view.base)/ServiceProviderConfig"),
            ],
        ]
    }
}
