import Persistence

/// Where the values of an attribute are in the tables.
enum FilterColumn {
    /// A text, folded where case does not tell two values apart; null where there is none.
    case text(String)
    /// 1 or 0.
    case flag(String)
    /// Milliseconds since 1970.
    case time(String)
    /// Several values, each a row.
    case rows(FilterRows)
    /// A complex attribute as a whole.
    case whole(isPresent: String, FilterRows?)
    /// The URNs of schemas.
    case schemas
}

/// The values of an attribute that may have several, as rows of a subquery.
struct FilterRows {
    /// What follows `FROM`, up to and with a condition.
    let source: String
    let definition: AttributeDefinition
    /// The text of an attribute of a row; nil where it cannot be asked for.
    let column: @Sendable (AttributeDefinition) -> String?
}

/// Finds columns for attributes of one kind of resource; the row is called `r`.
struct FilterColumns: Sendable {
    let kind: ResourceKind
    let syntax: SearchSyntax
    /// Where the addresses of resources begin: `https://iam.example.com/scim/v2`.
    let base: String

    /// Nil where it cannot be filtered by.
    func column(_ path: AttributePath, _ text: inout SQLText) -> FilterColumn? {
        guard let attribute = path.attribute else {
            return path.ofExtension.map { .whole(isPresent: syntax.isPresent([$0.searchName]), nil) }
        }
        guard attribute.returned != .never else { return nil }
        let prefix = path.ofExtension.map { [$0.searchName] } ?? []
        if path.ofExtension == nil, let column = ownColumn(attribute, path.sub, &text) { return column }
        let place = prefix + [attribute.searchName]
        if attribute.isMultiValued { return .rows(rows(attribute, at: place)) }
        if let sub = path.sub { return .text(syntax.text(place + [sub.searchName])) }
        guard attribute.kind == .complex else { return .text(syntax.text(place)) }
        return .whole(isPresent: syntax.isPresent(place), nil)
    }

    /// Those that have a column, or tables, of their own.
    private func ownColumn(
        _ attribute: AttributeDefinition, _ sub: AttributeDefinition?, _ text: inout SQLText
    ) -> FilterColumn? {
        switch attribute.name {
        case "id": .text("r.id")
        case "externalId": .text("r.external_id")
        case "userName": .text("r.user_name")
        case "displayName": .text("r.display_name")
        case "active": .flag("r.active")
        case "schemas": .schemas
        case "meta": meta(sub, &text)
        case "groups": .rows(groups(&text, attribute))
        case "members": .rows(members(&text, attribute))
        default: nil
        }
    }

    private func meta(_ sub: AttributeDefinition?, _ text: inout SQLText) -> FilterColumn? {
        switch sub?.name {
        case "created": .time("r.created_at")
        case "lastModified": .time("r.modified_at")
        case "resourceType": .text("r.kind")
        case "version": .text("('W/\"' || CAST(r.version AS TEXT) || '\"')")
        case "location": .text("(\(text.bind(text: "\(base)/\(kind.endpoint)/")) || r.id)")
        default: .whole(isPresent: "TRUE", nil)
        }
    }

    private func rows(_ attribute: AttributeDefinition, at place: [String]) -> FilterRows {
        let syntax = syntax
        return FilterRows(source: "\(syntax.elements(place)) WHERE TRUE", definition: attribute) { sub in
            syntax.element(sub.searchName)
        }
    }

    private func groups(_ text: inout SQLText, _ attribute: AttributeDefinition) -> FilterRows {
        let address = text.bind(text: "\(base)/\(ResourceKind.group.endpoint)/")
        let source = """
            scim_members AS m JOIN scim_resources AS g
            ON g.id = m.group_id AND g.client = m.client AND g.deleted_at IS NULL
            WHERE m.client = r.client AND m.member = r.id AND \(address) <> ''
            """
        return FilterRows(source: source, definition: attribute) { sub in
            switch sub.name {
            case "value": "m.group_id"
            case "$ref": "(\(address) || m.group_id)"
            case "display": "g.display_name"
            case "type": "CAST('direct' AS TEXT)"
            default: nil
            }
        }
    }

    private func members(_ text: inout SQLText, _ attribute: AttributeDefinition) -> FilterRows {
        let address = text.bind(text: "\(base)/")
        let source = """
            scim_members AS m LEFT JOIN scim_resources AS x
            ON x.id = m.member AND x.client = m.client AND x.deleted_at IS NULL
            WHERE m.client = r.client AND m.group_id = r.id AND \(address) <> ''
            """
        return FilterRows(source: source, definition: attribute) { sub in
            switch sub.name {
            case "value": "m.member"
            case "type": "lower(x.kind)"
            case "$ref": "(\(address) || x.kind || 's/' || x.id)"
            default: nil
            }
        }
    }
}
