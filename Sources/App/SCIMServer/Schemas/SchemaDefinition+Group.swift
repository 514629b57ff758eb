extension SchemaDefinition {
    static let group = SchemaDefinition(
        "urn:ietf:params:scim:schemas:core:2.0:Group", "Group", "People and groups under one name.",
        [
            .string("displayName", "The group's name.").required,
            .complex(
                "members", "Who belongs to it.",
                [
                    .string("value", "The member's id.").exact.being(.immutable).upTo(256),
                    .reference("$ref", ["User", "Group"], "The member's address.").being(.immutable),
                    .string("type", "What the member is.").of(["User", "Group"]).being(.immutable),
                    .string("display", "The member's name.").being(.readOnly).shown(.request),
                ]
            ).many,
        ])

    /// RFC 7643, section 4.3.
    static let enterpriseUser = SchemaDefinition(
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "EnterpriseUser",
        "What an employer knows of a person.",
        [
            .string("employeeNumber", "The employer's own number for the person."),
            .string("costCenter", "The cost centre."), .string("organization", "The organisation."),
            .string("division", "The division."), .string("department", "The department."),
            .complex(
                "manager", "The person's manager.",
                [
                    .string("value", "The id of the manager's resource.").exact,
                    .reference("$ref", ["User"], "The address of the manager's resource."),
                    .string("displayName", "The manager's name.").being(.readOnly),
                ]),
        ])
}
