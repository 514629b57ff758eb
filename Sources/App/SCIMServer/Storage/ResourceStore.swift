import AccessModel
import Persistence
import StrictJSON

/// The resources of one client, within a transaction. Every statement names the client: what another one made is not
/// there.
struct ResourceStore {
    let session: any SQLSession
    let client: String
    let syntax: SearchSyntax

    init(_ session: any SQLSession, client: String, _ syntax: SearchSyntax) {
        self.session = session
        self.client = client
        self.syntax = syntax
    }

    /// Adds a resource; false where its name, or whom it stands for, is taken.
    func insert(_ resource: StoredResource, _ text: ResourceText) throws -> Bool {
        let isNew =
            try session.execute(
                """
                INSERT INTO scim_resources (seq, id, client, kind, user_name, display_name, external_id, active, body,
                    search, person, version, created_at, modified_at)
                VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM scim_resources),
                    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                ON CONFLICT DO NOTHING
                """,
                [.text(resource.id), .text(client), .text(resource.kind.rawValue)] + text.columns + [
                    .optional(resource.person), .integer(resource.version), .instant(resource.created),
                    .instant(resource.modified),
                ]) == 1
        if isNew { try add(1, to: resource.kind) }
        return isNew
    }

    /// Keeps the count that lists tell.
    private func add(_ difference: Int, to kind: ResourceKind) throws {
        try session.execute(
            """
            INSERT INTO scim_counts (client, kind, resources) VALUES ($1, $2, $3)
            ON CONFLICT (client, kind) DO UPDATE SET resources = scim_counts.resources + excluded.resources
            """, [.text(client), .text(kind.rawValue), .int(difference)])
    }

    /// How many there are of a kind.
    func count(_ kind: ResourceKind) throws -> Int {
        let row = try session.query(
            "SELECT resources FROM scim_counts WHERE client = $1 AND kind = $2", [.text(client), .text(kind.rawValue)]
        ).first
        return Int(try row?.integer(0) ?? 0)
    }

    /// Writes a changed resource down. False: it is not there any more in the version before.
    func update(_ resource: StoredResource, _ text: ResourceText) throws -> Bool {
        try session.execute(
            """
            UPDATE scim_resources SET user_name = $3, display_name = $4, external_id = $5, active = $6, body = $7,
                search = $8, person = $9, version = $10, modified_at = $11
            WHERE id = $1 AND client = $2 AND version = $12 AND deleted_at IS NULL
            """,
            [.text(resource.id), .text(client)] + text.columns + [
                .optional(resource.person), .integer(resource.version), .instant(resource.modified),
                .integer(resource.version - 1),
            ]) == 1
    }

    /// The row stays, and with it what it was; its name is free.
    func delete(_ resource: StoredResource, at now: Instant) throws -> Bool {
        let isGone =
            try session.execute(
                """
                UPDATE scim_resources SET deleted_at = $3, modified_at = $3, version = version + 1
                WHERE id = $1 AND client = $2 AND deleted_at IS NULL
                """, [.text(resource.id), .text(client), .instant(now)]) == 1
        if isGone { try add(-1, to: resource.kind) }
        return isGone
    }

    func find(_ id: String, _ kind: ResourceKind) throws -> StoredResource? { try find(id, kind, "") }

    /// The same; nobody else changes it until the transaction ends.
    func lock(_ id: String, _ kind: ResourceKind) throws -> StoredResource? { try find(id, kind, syntax.lock) }

    private func find(_ id: String, _ kind: ResourceKind, _ suffix: String) throws -> StoredResource? {
        // PostgreSQL cannot be asked for it.
        guard !id.utf8.contains(0) else { return nil }
        return try session.query(
            """
            SELECT \(StoredResource.columns) FROM scim_resources AS r
            WHERE r.id = $1 AND r.client = $2 AND r.kind = $3 AND r.deleted_at IS NULL \(suffix)
            """, [.text(id), .text(client), .text(kind.rawValue)]
        ).first.map(StoredResource.init)
    }

    // MARK: What is unique

    /// Whether another user of the client bears the name.
    func isTaken(userName key: String, except id: String) throws -> Bool {
        try !session.query(
            "SELECT 1 FROM scim_resources WHERE client = $1 AND user_name = $2 AND deleted_at IS NULL AND id <> $3",
            [.text(client), .text(key), .text(id)]
        ).isEmpty
    }
}
