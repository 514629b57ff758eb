import StrictJSON

/// Resources as they are shown: with their addresses, members and groups.
struct ResourceView: Sendable {
    /// Where all addresses begin: `https://iam.example.com/scim/v2`.
    let base: String

    func location(_ kind: ResourceKind, _ id: String) -> String { "\(base)/\(kind.endpoint)/\(id)" }

    /// Shows resources by a projection; what it does not show is not read.
    func show(
        _ resources: [StoredResource], _ projection: Projection, from store: ResourceStore
    ) throws -> [JSONObject] {
        let groups = resources.filter { $0.kind == .group && projection.shows("members", of: .group) }
        let users = resources.filter { $0.kind == .user && projection.shows("groups", of: .user) }
        let members = try store.members(
            of: groups.map(\.id), showing: projection.asks(for: "display", of: "members", .group))
        let memberships = try store.groups(of: users.map(\.id))
        return resources.map { resource in
            let whole = show(
                resource, members: members[resource.id] ?? [], groups: memberships[resource.id] ?? [])
            return projection.apply(whole, resource.kind)
        }
    }

    /// Shows a resource that has neither members nor groups.
    func show(_ resource: StoredResource, _ projection: Projection) -> JSONObject {
        projection.apply(show(resource, members: [], groups: []), resource.kind)
    }

    private func show(
        _ resource: StoredResource, members: [GroupMember], groups: [GroupMembership]
    ) -> JSONObject {
        let attributes = resource.content.attributes
        let extensions = resource.kind.extensions.map(\.urn).filter { attributes.has($0) }
        var shown: [JSONObject.Member] = []
        func add(_ name: String, _ value: JSONValue) { shown.append(JSONObject.Member(name: name, value: value)) }
        add("schemas", .array(([resource.kind.core.urn] + extensions).map { .string($0) }))
        add("id", .string(resource.id))
        shown += attributes.members
        if !members.isEmpty { add("members", .array(members.map(show))) }
        if !groups.isEmpty { add("groups", .array(groups.map(show))) }
        add(
            "meta",
            [
                "resourceType": .string(resource.kind.rawValue), "created": .string(resource.created.description),
                "lastModified": .string(resource.modified.description),
                "location": .string(location(resource.kind, resource.id)), "version": .string(resource.eTag),
            ])
        return JSONObject(shown)
    }

    private func show(_ member: GroupMember) -> JSONValue {
        var object = JSONObject()
        object["value"] = .string(member.id)
        if let kind = member.kind {
            object["$ref"] = .string(location(kind, member.id))
            object["type"] = .string(kind.rawValue)
        }
        object["display"] = member.display.map { .string($0) }
        return .object(object)
    }

    private func show(_ group: GroupMembership) -> JSONValue {
        var object = JSONObject()
        object["value"] = .string(group.group)
        object["$ref"] = .string(location(.group, group.group))
        object["display"] = group.display.map { .string($0) }
        object["type"] = "direct"
        return .object(object)
    }
}
