/// The schemas of the discovery documents themselves.
extension SchemaDefinition {
    static let serviceProviderConfig = SchemaDefinition(
        "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig", "ServiceProviderConfig",
        "What of SCIM is offered here.",
        [
            fixed(.reference("documentationUri", ["external"], "Where to read more.")),
            fixed(.complex("patch", "Whether PATCH is taken.", [supported])).required,
            fixed(
                .complex(
                    "bulk", "Whether bulk requests are taken.",
                    [
                        supported, integer("maxOperations", "Operations that one request may have.").required,
                        integer("maxPayloadSize", "Bytes that one request may have.").required,
                    ])
            ).required,
            fixed(
                .complex(
                    "filter", "Whether filters are taken.",
                    [supported, integer("maxResults", "Resources that one answer may hold.").required])
            ).required,
            fixed(.complex("changePassword", "Whether passwords can be changed.", [supported])).required,
            fixed(.complex("sort", "Whether answers can be sorted.", [supported])).required,
            fixed(.complex("etag", "Whether resources have ETags.", [supported])).required,
            fixed(.complex("authenticationSchemes", "How to authenticate.", schemes)).many.required,
            fixed(.complex("pagination", "How long answers are paged.", pages)),
        ])

    private static let schemes: [AttributeDefinition] = [
        fixed(.string("type", "Which scheme it is.")).required.of([
            "oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest",
        ]),
        fixed(.string("name", "Its name.")).required, fixed(.string("description", "What it is.")).required,
        fixed(.reference("specUri", ["external"], "Where it is specified.")),
        fixed(.reference("documentationUri", ["external"], "Where to read more.")),
        fixed(.boolean("primary", "Whether it is the preferred one.")),
    ]

    private static let pages: [AttributeDefinition] = [
        fixed(.boolean("cursor", "Whether cursors are taken.")).required,
        fixed(.boolean("index", "Whether start indexes are taken.")).required,
        fixed(.string("defaultPaginationMethod", "What is meant where nothing is said.")).of(["cursor", "index"]),
        integer("defaultPageSize", "Resources of a page where nothing is said."),
        integer("maxPageSize", "Resources that a page may have."),
        integer("cursorTimeout", "Seconds that a cursor can be used for."),
    ]

    static let resourceType = SchemaDefinition(
        "urn:ietf:params:scim:schemas:core:2.0:ResourceType", "ResourceType", "A kind of resource.",
        [
            fixed(.string("id", "Its id; the same as its name.")),
            fixed(.string("name", "Its name.")).required, fixed(.string("description", "What it is.")),
            fixed(.reference("endpoint", ["uri"], "Where resources of this kind are.")).required,
            fixed(.reference("schema", ["uri"], "Its core schema.")).required,
            fixed(
                .complex(
                    "schemaExtensions", "Schemas that it may have beside.",
                    [
                        fixed(.reference("schema", ["uri"], "An extension.")).required,
                        fixed(.boolean("required", "Whether it has to be there.")).required,
                    ])
            ).many,
        ])

    static let schema = SchemaDefinition(
        "urn:ietf:params:scim:schemas:core:2.0:Schema", "Schema", "What resources of a schema may hold.",
        [
            fixed(.string("id", "The schema's URN.")).required, fixed(.string("name", "The schema's name.")),
            fixed(.string("description", "What it is for.")),
            fixed(
                .complex(
                    "attributes", "Its attributes.",
                    ofAttributes + [fixed(.complex("subAttributes", "Attributes within it.", ofAttributes)).many])
            ).many.required,
        ])

    private static let ofAttributes: [AttributeDefinition] = [
        fixed(.string("name", "The attribute's name.")).required.exact,
        fixed(.string("type", "What its values are.")).required.of([
            "string", "complex", "boolean", "decimal", "integer", "dateTime", "reference", "binary",
        ]),
        fixed(.boolean("multiValued", "Whether it may have several values.")).required,
        fixed(.string("description", "What it is.")).exact,
        fixed(.boolean("required", "Whether it has to be there.")),
        fixed(.string("canonicalValues", "Usual values.")).many.exact,
        fixed(.boolean("caseExact", "Whether case tells two values apart.")),
        fixed(.string("mutability", "Who may change it, and when.")).exact.of([
            "readOnly", "readWrite", "immutable", "writeOnly",
        ]),
        fixed(.string("returned", "When it is shown.")).exact.of(["always", "never", "default", "request"]),
        fixed(.string("uniqueness", "Among what its values are unique.")).exact.of(["none", "server", "global"]),
        fixed(.string("referenceTypes", "What a reference may lead to.")).many.exact,
    ]

    private static let supported = fixed(.boolean("supported", "Whether it is.")).required

    private static func fixed(_ definition: AttributeDefinition) -> AttributeDefinition { definition.being(.readOnly) }

    private static func integer(_ name: String, _ description: String) -> AttributeDefinition {
        fixed(AttributeDefinition(name, .integer, description))
    }
}
