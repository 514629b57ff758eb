import AccessModel

/// What was answered to requests that may be sent again, for a day.
public struct IdempotencyStore {
    /// What is known of a key.
    public enum Known: Equatable, Sendable {
        /// Nothing: it is now this request's.
        case new
        /// Begun and not answered: under way, or its process died.
        case begun(at: Instant)
        case answered(status: Int, text: String)
        /// It stood for something else.
        case other
        /// The caller has so many keys that no further one is taken until older ones are forgotten.
        case tooMany
    }

    public static let kept = Span.hours(24)
    /// Keys of one caller: more than anybody needs in a day, and few enough to keep.
    public static let maximumKeys = 10_000

    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// Takes a key for a request, or says what became of it before.
    ///
    /// - Parameter digest: Of method, path and body.
    public func begin(caller: String, key: String, digest: String, at now: Instant) throws -> Known {
        try session.execute(
            "DELETE FROM idempotency_keys WHERE begun_at < $1", [.instant(now - Self.kept)])
        let isNew =
            try session.execute(
                """
                INSERT INTO idempotency_keys (caller, idempotency_key, digest, begun_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (caller, idempotency_key) DO NOTHING
                """, [.text(caller), .text(key), .text(digest), .instant(now)]) == 1
        if isNew { return try isWithin(caller, key) ? .new : .tooMany }
        let rows = try session.query(
            """
            SELECT digest, begun_at, status, answer FROM idempotency_keys
            WHERE caller = $1 AND idempotency_key = $2
            """, [.text(caller), .text(key)])
        guard let row = rows.first else { return .new }
        guard try row.text(0) == digest else { return .other }
        guard let text = try row.optionalText(3) else { return .begun(at: try row.instant(1)) }
        return .answered(status: Int(try row.integer(2)), text: text)
    }

    /// Whether a caller has no more keys than are kept; takes the key back where it is one too many.
    private func isWithin(_ caller: String, _ key: String) throws -> Bool {
        let rows = try session.query("SELECT count(*) FROM idempotency_keys WHERE caller = $1", [.text(caller)])
        guard try rows.first?.integer(0) ?? 0 > Int64(Self.maximumKeys) else { return true }
        try forget(caller: caller, key: key)
        return false
    }

    public func answer(caller: String, key: String, status: Int, text: String) throws {
        try session.execute(
            "UPDATE idempotency_keys SET status = $3, answer = $4 WHERE caller = $1 AND idempotency_key = $2",
            [.text(caller), .text(key), .int(status), .text(text)])
    }

    /// Nothing was done: the key is free again.
    public func forget(caller: String, key: String) throws {
        try session.execute(
            "DELETE FROM idempotency_keys WHERE caller = $1 AND idempotency_key = $2", [.text(caller), .text(key)])
    }
}
