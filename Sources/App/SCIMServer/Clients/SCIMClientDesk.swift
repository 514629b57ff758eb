import AccessModel
import AuditTrail
import Persistence

/// Makes and ends SCIM clients. A token is told once, when it is made; only its digest is kept.
public struct SCIMClientDesk: Sendable {
    /// Why it was refused.
    public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        public enum Code: String, Sendable {
            case invalid, exists, unknown, revoked
        }

        public let code: Code
        public let message: String

        public var description: String { message }
    }

    /// A client, and the token that it has from now on.
    public struct Issued: Sendable {
        public let client: SCIMClient
        public let token: SecretText
    }

    private let database: any Database
    private let actor: String
    private let now: Instant
    private let newBytes: @Sendable (Int) -> [UInt8]

    /// - Parameters:
    ///   - actor: Who acts, for the records.
    ///   - newBytes: As many random bytes as asked for, that nobody can guess.
    public init(
        database: any Database, actor: String, now: Instant, newBytes: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.database = database
        self.actor = actor
        self.now = now
        self.newBytes = newBytes
    }

    /// Makes a client. A name is used once, for good: what a client made stays its own.
    public func add(
        _ name: String, personIdentity: SCIMClient.PersonIdentity = .id, leaver: SCIMClient.Leaver = .left
    ) async throws -> Issued {
        guard let slug = Slug(name), name.utf8.count <= SCIMClient.maximumNameLength else {
            throw Refusal(
                code: .invalid,
                message: "`\(name)` is no name for a client; it has lower-case letters, digits and dashes, "
                    + "\(SCIMClient.maximumNameLength) at most")
        }
        let client = SCIMClient(name: slug, personIdentity: personIdentity, leaver: leaver, createdAt: now)
        let token = TokenDigest.token(newBytes(32))
        let context = RecordContext(at: now, actor: actor, subject: "scim:\(slug)")
        try await database.transact { session, records in
            let store = ClientStore(session)
            guard try store.client(slug) == nil else {
                throw Refusal(code: .exists, message: "there is a client `\(slug)` already")
            }
            try store.insert(client, TokenDigest(token: token))
            records.append(
                .scimClientCreated(
                    context, client: slug, personIdentity: personIdentity.rawValue, leaver: leaver.rawValue))
        }
        return Issued(client: client, token: SecretText(token))
    }

    /// Gives a client another token; the one before is worth nothing from then on.
    public func rotate(_ name: String) async throws -> Issued {
        let token = TokenDigest.token(newBytes(32))
        let client = try await change(name) { store, client in
            try store.replaceToken(of: client.name, by: TokenDigest(token: token))
        } record: { context, client in
            .scimClientRotated(context, client: client)
        }
        return Issued(client: client, token: SecretText(token))
    }

    /// Ends a client's access for good. What it made stays.
    @discardableResult
    public func revoke(_ name: String) async throws -> SCIMClient {
        let now = now
        return try await change(name) { store, client in
            try store.revoke(client.name, at: now)
        } record: { context, client in
            .scimClientRevoked(context, client: client)
        }
    }

    /// All clients, by name.
    public func list() async throws -> [SCIMClient] {
        try await database.read { session in try ClientStore(session).clients() }
    }

    private func change(
        _ name: String, _ body: @escaping @Sendable (ClientStore, SCIMClient) throws -> Void,
        record: @escaping @Sendable (RecordContext, Slug) -> Record
    ) async throws -> SCIMClient {
        guard let slug = Slug(name) else { throw Self.unknown(name) }
        let context = RecordContext(at: now, actor: actor, subject: "scim:\(slug)")
        return try await database.transact { session, records in
            let store = ClientStore(session)
            guard let client = try store.client(slug) else { throw Self.unknown(name) }
            guard client.revokedAt == nil else {
                throw Refusal(code: .revoked, message: "the client `\(slug)` is revoked already")
            }
            try body(store, client)
            records.append(record(context, slug))
            return try store.client(slug) ?? client
        }
    }

    private static func unknown(_ name: String) -> Refusal {
        Refusal(code: .unknown, message: "there is no client `\(name)`; see `tenure scim client list`")
    }
}
