import ConnectorKit
import StrictJSON

/// The server's identity store, request by request.
struct IdentityStore: Sendable {
    let client: VaultClient
    let concurrency: Int

    // MARK: Entities

    func entity(named name: String, _ operation: String) async throws(ConnectorError) -> VaultEntity? {
        guard let json = try await client.read(["identity", "entity", "name", name], operation) else { return nil }
        return try VaultEntity(json, operation)
    }

    func entity(id: String, _ operation: String) async throws(ConnectorError) -> VaultEntity? {
        guard let json = try await client.read(["identity", "entity", "id", id], operation) else { return nil }
        return try VaultEntity(json, operation)
    }

    /// Who signs in with the name on the mount.
    func entity(
        alias name: String, on accessor: String, _ operation: String
    ) async throws(ConnectorError) -> VaultEntity? {
        let found = try await client.write(
            ["identity", "lookup", "entity"],
            ["alias_name": .string(name), "alias_mount_accessor": .string(accessor)], operation)
        guard let found, found != .null else { return nil }
        return try VaultEntity(found, operation)
    }

    /// All of them. One that goes while it is read is gone.
    func entities(_ operation: String) async throws(ConnectorError) -> [VaultEntity] {
        let ids = try await client.list(["identity", "entity", "id"], operation).keys
        return try await entities(ids, operation)
    }

    func entities(_ ids: [String], _ operation: String) async throws(ConnectorError) -> [VaultEntity] {
        try await ids.concurrentMap(limit: concurrency) { id throws(ConnectorError) in
            try await entity(id: id, operation)
        }.compactMap { $0 }
    }

    func makeEntity(
        named name: String, _ metadata: [String: String], _ operation: String
    ) async throws(ConnectorError) {
        // Without an alias it is nobody who can sign in yet.
        try await client.put(
            ["identity", "entity", "name", name], ["metadata": Self.json(metadata), "disabled": true], operation)
    }

    func update(entity id: String, _ fields: JSONValue, _ operation: String) async throws(ConnectorError) {
        try await client.put(["identity", "entity", "id", id], fields, operation)
    }

    func deleteEntity(_ id: String, _ operation: String) async throws(ConnectorError) {
        try await client.delete(["identity", "entity", "id", id], operation)
    }

    func makeAlias(
        _ name: String, on accessor: String, of entity: String, _ operation: String
    ) async throws(ConnectorError) {
        try await client.put(
            ["identity", "entity-alias"],
            ["name": .string(name), "mount_accessor": .string(accessor), "canonical_id": .string(entity)], operation)
    }

    func rename(
        alias: VaultEntity.Alias, of entity: String, to name: String, _ operation: String
    ) async throws(ConnectorError) {
        try await client.put(
            ["identity", "entity-alias", "id", alias.id],
            ["name": .string(name), "mount_accessor": .string(alias.accessor), "canonical_id": .string(entity)],
            operation)
    }

    // MARK: Groups

    func group(named name: String, _ operation: String) async throws(ConnectorError) -> VaultGroup? {
        guard let json = try await client.read(["identity", "group", "name", name], operation) else { return nil }
        return try VaultGroup(json, operation)
    }

    func groups(_ operation: String) async throws(ConnectorError) -> [VaultGroup] {
        try await groups(try await client.list(["identity", "group", "id"], operation).keys, operation)
    }

    func groups(_ ids: [String], _ operation: String) async throws(ConnectorError) -> [VaultGroup] {
        try await ids.concurrentMap(limit: concurrency) { id throws(ConnectorError) in
            guard let json = try await client.read(["identity", "group", "id", id], operation) else { return nil }
            return try VaultGroup(json, operation)
        }.compactMap { (group: VaultGroup?) in group }
    }

    func makeGroup(
        named name: String, _ metadata: [String: String], _ operation: String
    ) async throws(ConnectorError) {
        try await client.put(
            ["identity", "group", "name", name], ["type": "internal", "metadata": Self.json(metadata)], operation)
    }

    func update(group id: String, _ fields: JSONValue, _ operation: String) async throws(ConnectorError) {
        try await client.put(["identity", "group", "id", id], fields, operation)
    }

    func deleteGroup(_ id: String, _ operation: String) async throws(ConnectorError) {
        try await client.delete(["identity", "group", "id", id], operation)
    }

    static func json(_ texts: [String: String]) -> JSONValue {
        .object(
            JSONObject(
                texts.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: .string($0.value)) }))
    }
}
