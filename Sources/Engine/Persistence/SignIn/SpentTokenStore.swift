import AccessModel

/// Tokens that are taken once, by a digest of their issuer and id, for as long as they are good.
public struct SpentTokenStore {
    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// Notes one; false where it was noted before.
    public func spend(_ id: String, until expires: Instant) throws -> Bool {
        try session.execute(
            "INSERT INTO spent_tokens (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
            [.text(id), .instant(expires)]) == 1
    }

    /// Forgets those that were over before `moment`: they are refused for that.
    public func forget(before moment: Instant) throws {
        try session.execute("DELETE FROM spent_tokens WHERE expires_at < $1", [.instant(moment)])
    }
}
