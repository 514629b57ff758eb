import AccessModel

/// Links for a sign-in without a provider, each by the digest of its secret.
public struct BootstrapLinkStore {
    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// Keeps a link; every one from before is good no more.
    public func replace(with id: String, for person: PersonID, until expires: Instant) throws {
        try session.execute("DELETE FROM bootstrap_links")
        try session.execute(
            "INSERT INTO bootstrap_links (id, person, expires_at) VALUES ($1, $2, $3)",
            [.text(id), .person(person), .instant(expires)])
    }

    /// Whom a link is for, which from now on is used; nil where there is none that is good.
    public func use(_ id: String, at now: Instant) throws -> PersonID? {
        let used = try session.execute(
            "UPDATE bootstrap_links SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $3",
            [.text(id), .instant(now), .instant(now)])
        guard used == 1 else { return nil }
        return try session.query("SELECT person FROM bootstrap_links WHERE id = $1", [.text(id)]).first?.person(0)
    }
}
