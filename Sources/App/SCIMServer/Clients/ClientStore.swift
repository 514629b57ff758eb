import AccessModel
import Persistence

/// The clients, within a transaction.
struct ClientStore {
    private let session: any SQLSession

    private static let columns = "name, person_id, leaver, created_at, revoked_at, last_used_at, token_hash"

    init(_ session: any SQLSession) { self.session = session }

    /// The client whose token this is; nil for one that is unknown or revoked.
    func client(bearing digest: TokenDigest) throws -> SCIMClient? {
        let row = try session.query(
            "SELECT \(Self.columns) FROM scim_clients WHERE token_hash = $1 AND revoked_at IS NULL",
            [.text(digest.hex)]
        ).first
        guard let row, let kept = TokenDigest(hex: try row.text(6)), kept.agrees(with: digest) else { return nil }
        return try Self.client(row)
    }

    func client(_ name: Slug) throws -> SCIMClient? {
        try session.query("SELECT \(Self.columns) FROM scim_clients WHERE name = $1", [.text(name.text)])
            .first.map(Self.client)
    }

    /// All of them, by name.
    func clients() throws -> [SCIMClient] {
        try session.query("SELECT \(Self.columns) FROM scim_clients ORDER BY name").map(Self.client)
    }

    func insert(_ client: SCIMClient, _ digest: TokenDigest) throws {
        try session.execute(
            "INSERT INTO scim_clients (name, token_hash, person_id, leaver, created_at) VALUES ($1, $2, $3, $4, $5)",
            [
                .text(client.name.text), .text(digest.hex), .text(client.personIdentity.rawValue),
                .text(client.leaver.rawValue), .instant(client.createdAt),
            ])
    }

    /// From now on this is its token, and no other.
    func replaceToken(of name: Slug, by digest: TokenDigest) throws {
        try session.execute(
            "UPDATE scim_clients SET token_hash = $2 WHERE name = $1", [.text(name.text), .text(digest.hex)])
    }

    func revoke(_ name: Slug, at now: Instant) throws {
        try session.execute(
            "UPDATE scim_clients SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL",
            [.text(name.text), .instant(now)])
    }

    func touch(_ name: Slug, at now: Instant) throws {
        try session.execute(
            "UPDATE scim_clients SET last_used_at = $2 WHERE name = $1 AND coalesce(last_used_at, 0) < $2",
            [.text(name.text), .instant(now)])
    }

    private static func client(_ row: SQLRow) throws -> SCIMClient {
        guard let name = Slug(try row.text(0)), let identity = SCIMClient.PersonIdentity(rawValue: try row.text(1)),
            let leaver = SCIMClient.Leaver(rawValue: try row.text(2))
        else {
            throw PersistenceError(
                code: .corrupt, operation: "read a SCIM client", message: "a row is not one that Tenure wrote")
        }
        return SCIMClient(
            name: name, personIdentity: identity, leaver: leaver, createdAt: try row.instant(3),
            revokedAt: try row.optionalInstant(4), lastUsedAt: try row.optionalInstant(5))
    }
}
