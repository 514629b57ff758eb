import StrictJSON

extension VaultState {
    mutating func identity(_ request: VaultRequest) -> VaultAnswer {
        let path = request.path
        let name = path.count > 3 ? path[3...].joined(separator: "/") : ""
        switch (path.count > 1 ? path[1] : "", path.count > 2 ? path[2] : "") {
        case ("entity", "id"): return entity(request, name, by: \.id)
        case ("entity", "name"): return entity(request, name, by: \.name)
        case ("entity-alias", ""): return alias(request, nil)
        case ("entity-alias", "id"): return alias(request, name)
        case ("lookup", "entity"): return lookUp(request)
        case ("group", "id"): return group(request, name, by: \.id)
        case ("group", "name"): return group(request, name, by: \.name)
        default: return .noRoute(request.text)
        }
    }

    // MARK: Entities

    private mutating func entity(
        _ request: VaultRequest, _ key: String, by field: KeyPath<Entity, String>
    ) -> VaultAnswer {
        // Names are compared in lower case.
        let found = entities.values.first { $0[keyPath: field].lowercased() == key.lowercased() }
        switch request.operation {
        case .list:
            let info = entities.values.map { entity in
                JSONObject.Member(
                    name: entity[keyPath: field],
                    value: ["name": .string(entity.name), "aliases": .array(entity.aliases.map { json($0, entity) })])
            }
            return .list(entities.values.map { $0[keyPath: field] }, info: .object(JSONObject(info)))
        case .read: return found.map { .data(json($0)) } ?? .absent
        case .delete:
            if let found {
                entities[found.id] = nil
                for id in groups.keys { groups[id]?.members.removeAll { $0 == found.id } }
            }
            return .done
        case .write:
            if found == nil, field == \Entity.id { return .refused(400, "invalid entity ID") }
            var entity = found ?? Entity(id: id("entity"), name: key)
            if let name = request.string("name"), name.lowercased() != entity.name.lowercased() {
                guard !entities.values.contains(where: { $0.name.lowercased() == name.lowercased() }) else {
                    return .refused(400, "entity name is already in use")
                }
                entity.name = name
            }
            if let metadata = request.body?["metadata"]?.object { entity.metadata = Self.texts(metadata) }
            if let policies = request.strings("policies") { entity.policies = policies }
            if let isDisabled = request.body?["disabled"]?.bool { entity.isDisabled = isDisabled }
            entities[entity.id] = entity
            guard found == nil else { return .done }
            return .data(["aliases": nil, "id": .string(entity.id), "name": .string(entity.name)])
        }
    }

    private mutating func alias(_ request: VaultRequest, _ key: String?) -> VaultAnswer {
        guard request.operation == .write else { return .noRoute(request.text) }
        let all = entities.values.flatMap { entity in entity.aliases.map { (alias: $0, owner: entity.id) } }
        let known = all.first { $0.alias.id == key }
        if key != nil, known == nil { return .refused(400, "invalid alias ID provided") }
        let accessor = request.string("mount_accessor") ?? known?.alias.accessor ?? ""
        guard let name = request.string("name") ?? known?.alias.name, !name.isEmpty, !accessor.isEmpty else {
            return .refused(400, "'id' or 'mount_accessor' and 'name' must be provided")
        }
        guard auths.values.contains(where: { $0.accessor == accessor }) else {
            return .refused(400, "invalid mount accessor \"\(accessor)\"")
        }
        let bearer = all.first { $0.alias.accessor == accessor && $0.alias.name.lowercased() == name.lowercased() }
        if let known, let bearer, bearer.alias.id != known.alias.id {
            return .refused(400, "alias with combination of mount accessor and name already exists")
        }
        // Without an id it is the alias of that name that is changed, if there is one.
        let old = known ?? bearer
        let target = request.string("canonical_id") ?? old?.owner ?? ""
        guard let entity = entities[target] else { return .refused(400, "invalid canonical ID") }
        guard !entity.aliases.contains(where: { $0.accessor == accessor && $0.id != old?.alias.id }) else {
            return .refused(400, "Alias already exists for requested entity and mount accessor")
        }
        if let old { entities[old.owner]?.aliases.removeAll { $0.id == old.alias.id } }
        let alias = Alias(id: old?.alias.id ?? id("alias"), name: name, accessor: accessor)
        entities[target]?.aliases.append(alias)
        return .data(["canonical_id": .string(target), "id": .string(alias.id)])
    }

    private func lookUp(_ request: VaultRequest) -> VaultAnswer {
        guard request.operation == .write else { return .noRoute(request.text) }
        let found = entities.values.first { entity in
            if let id = request.string("id") { return entity.id == id }
            if let name = request.string("name") { return entity.name.lowercased() == name.lowercased() }
            return entity.aliases.contains {
                $0.accessor == request.string("alias_mount_accessor")
                    && $0.name.lowercased() == (request.string("alias_name") ?? "").lowercased()
            }
        }
        return found.map { .data(json($0)) } ?? .done
    }

    private func json(_ alias: Alias, _ entity: Entity) -> JSONValue {
        [
            "id": .string(alias.id), "name": .string(alias.name), "mount_accessor": .string(alias.accessor),
            "canonical_id": .string(entity.id),
        ]
    }

    private func json(_ entity: Entity) -> JSONValue {
        let groups = groups.values.filter { $0.members.contains(entity.id) }.map(\.id).sorted()
        return [
            "id": .string(entity.id), "name": .string(entity.name), "disabled": .bool(entity.isDisabled),
            "metadata": Self.json(entity.metadata), "policies": .array(entity.policies.map(JSONValue.string)),
            "aliases": .array(entity.aliases.map { json($0, entity) }),
            "direct_group_ids": .array(groups.map(JSONValue.string)),
            "group_ids": .array(groups.map(JSONValue.string)),
        ]
    }

    // MARK: Groups

    private mutating func group(
        _ request: VaultRequest, _ key: String, by field: KeyPath<Group, String>
    ) -> VaultAnswer {
        let found = groups.values.first { $0[keyPath: field].lowercased() == key.lowercased() }
        switch request.operation {
        case .list:
            let info = groups.values.map {
                JSONObject.Member(name: $0[keyPath: field], value: ["name": .string($0.name)])
            }
            return .list(groups.values.map { $0[keyPath: field] }, info: .object(JSONObject(info)))
        case .read: return found.map { .data(Self.json($0)) } ?? .absent
        case .delete:
            if let found { groups[found.id] = nil }
            return .done
        case .write:
            if found == nil, field == \Group.id { return .refused(400, "invalid group ID") }
            var group = found ?? Group(id: id("group"), name: key)
            if let metadata = request.body?["metadata"]?.object { group.metadata = Self.texts(metadata) }
            if let policies = request.strings("policies") { group.policies = policies }
            if let members = request.strings("member_entity_ids") {
                guard members.allSatisfy({ entities[$0] != nil }) else { return .refused(400, "invalid entity ID") }
                group.members = members
            }
            if let nested = request.strings("member_group_ids") { group.nested = nested }
            groups[group.id] = group
            return .data(["id": .string(group.id), "name": .string(group.name)])
        }
    }

    private static func json(_ group: Group) -> JSONValue {
        [
            "id": .string(group.id), "name": .string(group.name), "type": "internal", "alias": [:],
            "metadata": json(group.metadata), "policies": .array(group.policies.map(JSONValue.string)),
            "member_entity_ids": .array(group.members.map(JSONValue.string)),
            "member_group_ids": group.nested.isEmpty ? .null : .array(group.nested.map(JSONValue.string)),
        ]
    }

    static func texts(_ object: JSONObject) -> [String: String] {
        var texts: [String: String] = [:]
        for member in object.members { texts[member.name] = member.value.string }
        return texts
    }

    static func json(_ texts: [String: String]) -> JSONValue {
        .object(JSONObject(texts.map { JSONObject.Member(name: $0.key, value: .string($0.value)) }))
    }
}
