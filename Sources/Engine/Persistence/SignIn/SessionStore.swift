import AccessModel

/// Browsers that are signed in, each by the digest of its cookie.
public struct SessionStore {
    public struct Session: Hashable, Sendable {
        /// Lower-case hex SHA-256 of the cookie's value.
        public let id: String
        public let person: PersonID
        /// How the person showed who they are.
        public let proof: String
        public let createdAt: Instant
        public let expiresAt: Instant
        public let seenAt: Instant
        public let endedAt: Instant?

        public init(
            id: String, person: PersonID, proof: String, createdAt: Instant, expiresAt: Instant, seenAt: Instant,
            endedAt: Instant? = nil
        ) {
            self.id = id
            self.person = person
            self.proof = proof
            self.createdAt = createdAt
            self.expiresAt = expiresAt
            self.seenAt = seenAt
            self.endedAt = endedAt
        }
    }

    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    public func insert(_ new: Session) throws {
        try session.execute(
            """
            INSERT INTO sessions (id, person, proof, created_at, expires_at, seen_at, ended_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .text(new.id), .person(new.person), .text(new.proof), .instant(new.createdAt), .instant(new.expiresAt),
                .instant(new.seenAt), .optional(new.endedAt),
            ])
    }

    public func find(_ id: String) throws -> Session? { try sessions("WHERE id = $1", [.text(id)]).first }

    /// Those that nobody ended; they may be over by the clock.
    public func open(of person: PersonID) throws -> [Session] {
        try sessions("WHERE person = $1 AND ended_at IS NULL", [.person(person)])
    }

    /// Notes that it was used; never earlier than before.
    public func see(_ id: String, at now: Instant) throws {
        try session.execute(
            "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $3",
            [.text(id), .instant(now), .instant(now)])
    }

    /// Ends one; false where there is none, or it was ended before.
    public func end(_ id: String, at now: Instant) throws -> Bool {
        try session.execute(
            "UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", [.text(id), .instant(now)]) == 1
    }

    /// Ends all of a person's, for instance a leaver's, and returns them.
    public func endAll(of person: PersonID, at now: Instant) throws -> [Session] {
        let open = try open(of: person)
        try session.execute(
            "UPDATE sessions SET ended_at = $2 WHERE person = $1 AND ended_at IS NULL",
            [.person(person), .instant(now)])
        return open
    }

    /// Forgets those that were over before `moment`; the log keeps that they were.
    public func forget(before moment: Instant) throws {
        try session.execute("DELETE FROM sessions WHERE expires_at < $1", [.instant(moment)])
    }

    private func sessions(_ condition: String, _ parameters: [SQLValue]) throws -> [Session] {
        try session.query(
            """
            SELECT id, person, proof, created_at, expires_at, seen_at, ended_at FROM sessions \(condition)
            ORDER BY created_at, id
            """, parameters
        ).map { row in
            Session(
                id: try row.text(0), person: try row.person(1), proof: try row.text(2), createdAt: try row.instant(3),
                expiresAt: try row.instant(4), seenAt: try row.instant(5), endedAt: try row.optionalInstant(6))
        }
    }
}
