import AccessModel
import AuditTrail
import Persistence

/// The first way in where there is no provider: a link for one person, good once, for a quarter of an hour, and on this
/// machine alone.
public struct BootstrapLink: Sendable {
    public static let lifetime = Span.minutes(15)

    /// The last part of the address. Shown once, to whoever started the server.
    public let secret: SecretText
    public let person: PersonID
    public let expires: Instant

    /// `http://127.0.0.1:8443/bootstrap?secret=...`; a secret itself.
    public func address(on server: String) -> SecretText {
        SecretText("\(server)/bootstrap?secret=\(secret.reveal())")
    }
}

extension SessionDesk {
    /// Makes a link for a person; one that was made before is good no more.
    public func makeBootstrapLink(for person: PersonID, actor: String) async throws -> BootstrapLink {
        let link = BootstrapLink(
            secret: SecretText(Base64URL.encode(random())), person: person, expires: now() + BootstrapLink.lifetime)
        let id = SecretDigest.hex(of: link.secret.reveal())
        let context = RecordContext(at: now(), actor: actor, subject: person.text)
        try await database.transact { session, records in
            try BootstrapLinkStore(session).replace(with: id, for: person, until: link.expires)
            records.append(.bootstrapCreated(context, person: person, expires: link.expires))
        }
        return link
    }

    /// Begins the session of a link's person; nil, after recording it, where the link is not good: used, over, another,
    /// or from another machine.
    ///
    /// - Parameter isLoopback: Whether the request came from this machine, and through nobody else.
    public func useBootstrapLink(
        _ secret: String, isLoopback: Bool, from origin: RequestOrigin
    ) async throws -> Begun? {
        let moment = now()
        let id = SecretDigest.hex(of: secret)
        let provenance = Provenance(.bootstrap)
        let template = self
        guard isLoopback else {
            try await refusals.note(.signIn("a bootstrap link is for this machine alone", from: origin))
            return nil
        }
        let begun: Begun? = try await database.transact { session, records in
            guard let person = try BootstrapLinkStore(session).use(id, at: moment) else { return nil }
            let (begun, row) = template.make(person, provenance, moment)
            try Self.insert(row, provenance, session, &records, from: origin)
            return begun
        }
        if begun == nil { try await refusals.note(.signIn("the bootstrap link is not good", from: origin)) }
        return begun
    }
}
