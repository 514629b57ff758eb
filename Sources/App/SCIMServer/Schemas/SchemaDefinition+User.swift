extension SchemaDefinition {
    /// What every resource has (RFC 7643, section 3.1). The Schemas document leaves it out, as the RFC has it.
    static let common = SchemaDefinition(
        "", "Common", "Attributes of every resource.",
        [
            AttributeDefinition.string("schemas", "The schemas that say what it holds.").many.exact.shown(.always),
            AttributeDefinition.string("id", "Given here, never to change.").exact.being(.readOnly).shown(.always),
            AttributeDefinition.string("externalId", "The client's own name for it.").exact,
            AttributeDefinition.complex(
                "meta", "When and where.",
                [
                    AttributeDefinition.string("resourceType", "User or Group.").exact.being(.readOnly),
                    AttributeDefinition("created", .dateTime, "When it was made.").being(.readOnly),
                    AttributeDefinition("lastModified", .dateTime, "When it was last changed.").being(.readOnly),
                    AttributeDefinition.reference("location", ["uri"], "Its address.").being(.readOnly),
                    AttributeDefinition.string("version", "Its ETag.").exact.being(.readOnly),
                ]
            ).being(.readOnly),
        ])

    static let user = SchemaDefinition(
        "urn:ietf:params:scim:schemas:core:2.0:User", "User", "A person, or an account of one.",
        identity + contacts + belongings)

    private static let identity: [AttributeDefinition] = [
        .string("userName", "The name to sign in with; unique among what one client made.").required.unique(.server),
        .complex(
            "name", "The parts of the person's name.",
            [
                .string("formatted", "The whole name, as it is shown."), .string("familyName", "The family name."),
                .string("givenName", "The given name."), .string("middleName", "Middle names."),
                .string("honorificPrefix", "A title before the name."),
                .string("honorificSuffix", "A suffix behind the name."),
            ]),
        .string("displayName", "The name that is shown to people."),
        .string("nickName", "How the person is called among friends."),
        .reference("profileUrl", ["external"], "The address of a page about the person."),
        .string("title", "The job title."),
        .string("userType", "How the person belongs to the organisation, such as Employee."),
        .string("preferredLanguage", "As in an Accept-Language header, such as en-US."),
        .string("locale", "How to write numbers and dates, such as en-US."),
        .string("timezone", "Of the IANA database, such as Europe/Madrid."),
        .boolean("active", "Whether the person is to have access.").lasting,
        .string("password", "Taken, never kept and never shown.").exact.being(.writeOnly).shown(.never),
    ]

    private static let contacts: [AttributeDefinition] = [
        .list(
            "emails", "E-mail addresses.", value: .string("value", "An e-mail address."),
            types: ["work", "home", "other"]),
        .list(
            "phoneNumbers", "Telephone numbers.", value: .string("value", "A telephone number."),
            types: ["work", "home", "mobile", "fax", "pager", "other"]),
        .list(
            "ims", "Addresses for instant messages.", value: .string("value", "An address for instant messages."),
            types: ["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
        .list(
            "photos", "Pictures of the person.",
            value: .reference("value", ["external"], "The address of a picture."), types: ["photo", "thumbnail"]),
        .complex(
            "addresses", "Addresses for mail.",
            [
                .string("formatted", "The whole address, as on an envelope.").lines,
                .string("streetAddress", "Street, house, and what else stands there.").lines,
                .string("locality", "The city."), .string("region", "The state or region."),
                .string("postalCode", "The postal code."), .string("country", "The country, ISO 3166-1 alpha 2."),
                .string("type", "What the address is for.").of(["work", "home", "other"]),
                .boolean("primary", "Whether it is the preferred one; at most one value is."),
            ]
        ).many,
    ]

    private static let belongings: [AttributeDefinition] = [
        .complex(
            "groups", "Groups that it is a member of; changed through the groups.",
            [
                .string("value", "The group's id.").exact.being(.readOnly),
                .reference("$ref", ["Group"], "The group's address.").being(.readOnly),
                .string("display", "The group's name.").being(.readOnly),
                .string("type", "Whether it is a member itself.").of(["direct", "indirect"]).being(.readOnly),
            ]
        ).many.being(.readOnly),
        .list("entitlements", "Things that the person has.", value: .string("value", "A thing that the person has.")),
        .list("roles", "What the person is to others.", value: .string("value", "A role.")),
        .list(
            "x509Certificates", "Certificates of the person.",
            value: AttributeDefinition("value", .binary, "A certificate, base64 of its DER.").exact.upTo(32_768)),
    ]
}

extension SchemaDefinition {
    /// What Tenure asks of people and the RFCs have no place for. Its URN has the form that Entra wants of an extension.
    ///
    /// The canonical value is an example (RFC 7643, 7: a suggestion): clients that make up a text for whatever they do not
    /// know take it instead.
    static let tenureUser = SchemaDefinition(
        "urn:ietf:params:scim:schemas:extension:tenure:2.0:User", "TenureUser",
        "What access depends on and no other schema says.",
        [
            .string(
                "endsOn",
                "When the person's stay ends: a time, or a day like 2026-12-31, which is the last one. Contractors and "
                    + "externals need it."
            ).exact.dayOrTime.of(["2099-12-31"])
        ])
}
