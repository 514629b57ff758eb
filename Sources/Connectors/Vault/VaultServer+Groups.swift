import AccessModel
import ConnectorKit
import StrictJSON

extension VaultServer {
    func add(_ group: GroupFact, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard !group.slug.isEmpty, group.slug.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ConnectorError(
                code: .invalid, operation: operation, message: "a group's name is ASCII, without spaces")
        }
        if let found = try await store.group(named: group.slug, operation) {
            guard marks.owns(found) else { throw isNotOurs(group.slug, operation) }
            return receipt(.alreadyHeld)
        }
        try await store.makeGroup(named: group.slug, marks.groupMetadata, operation)
        return receipt(.applied)
    }

    /// Deletes the group first, so that nobody holds what its policies say any more; then what stood for it alone.
    func remove(_ group: GroupFact, _ operation: String) async throws(ConnectorError) -> Receipt {
        let found = try await own(group.slug, operation)
        if let found { try await store.deleteGroup(found.id, operation) }
        var isChanged = found != nil
        for name in try await policyNames(operation) where name.group == group.slug {
            try await client.delete(["sys", "policies", "acl", name.text(settings.organization)], operation)
            isChanged = true
        }
        for role in try await roles(of: group.slug, operation) {
            try await delete(role, operation)
            isChanged = true
        }
        return receipt(isChanged ? .applied : .alreadyHeld)
    }

    func add(_ membership: Membership, _ operation: String) async throws(ConnectorError) -> Receipt {
        guard membership.identity.isOwned,
            let entity = try await store.entity(named: marks.entityName(membership.identity), operation),
            marks.identity(of: entity) == membership.identity
        else {
            throw ConnectorError(
                code: .missingDependency, operation: operation, message: "\(membership.identity) has no entity here")
        }
        return try await turnstile.pass("group \(membership.group)") { () throws(ConnectorError) in
            guard let group = try await own(membership.group, operation) else {
                throw ConnectorError(
                    code: .missingDependency, operation: operation,
                    message: "there is no group `\(membership.group)` of Tenure's")
            }
            guard !group.members.contains(entity.id) else { return receipt(.alreadyHeld) }
            try await write(group.members + [entity.id], to: group, operation) { $0.contains(entity.id) }
            return receipt(.applied)
        }
    }

    func remove(_ membership: Membership, _ operation: String) async throws(ConnectorError) -> Receipt {
        try await turnstile.pass("group \(membership.group)") { () throws(ConnectorError) in
            guard let group = try await own(membership.group, operation) else {
                return receipt(.alreadyHeld, "there is no such group of Tenure's")
            }
            if case .foreign(let name) = membership.identity, name.hasPrefix(Self.nestedPrefix) {
                return try await remove(nested: String(name.dropFirst(Self.nestedPrefix.count)), from: group, operation)
            }
            let members = try await store.entities(group.members, operation)
            let meant = Set(members.filter { marks.identity(of: $0) == membership.identity }.map(\.id))
            guard !meant.isEmpty else { return receipt(.alreadyHeld) }
            try await write(group.members.filter { !meant.contains($0) }, to: group, operation) {
                meant.isDisjoint(with: $0)
            }
            return receipt(.applied, "tokens lose the group's policies with their next request")
        }
    }

    /// What a group that is a member is called, as a stranger's name.
    static let nestedPrefix = "group:"

    private func remove(
        nested name: String, from group: VaultGroup, _ operation: String
    ) async throws(ConnectorError) -> Receipt {
        let meant = Set(try await store.groups(group.nested, operation).filter { $0.name == name }.map(\.id))
        guard !meant.isEmpty else { return receipt(.alreadyHeld) }
        let rest = group.nested.filter { !meant.contains($0) }
        try await store.update(
            group: group.id, ["member_group_ids": .array(rest.map(JSONValue.string))], operation)
        return receipt(.applied)
    }

    /// Writes the whole list, as the server wants it, and looks once more: somebody else may have written another one.
    private func write(
        _ members: [String], to group: VaultGroup, _ operation: String, isRight: @Sendable ([String]) -> Bool
    ) async throws(ConnectorError) {
        try await store.update(
            group: group.id, ["member_entity_ids": .array(members.map(JSONValue.string))], operation)
        guard let seen = try await store.group(named: group.name, operation), seen.id == group.id, isRight(seen.members)
        else {
            throw ConnectorError(
                code: .conflict, operation: operation, message: "somebody else changed the group at the same time")
        }
    }

    /// The group, if it is Tenure's.
    func own(_ slug: String, _ operation: String) async throws(ConnectorError) -> VaultGroup? {
        let found = try await store.group(named: slug, operation)
        return found.flatMap { marks.owns($0) ? $0 : nil }
    }

    func isNotOurs(_ slug: String, _ operation: String) -> ConnectorError {
        ConnectorError(
            code: .conflict, operation: operation, message: "there is a group `\(slug)` already, and it is not Tenure's"
        )
    }
}
