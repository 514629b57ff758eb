import AccessModel
import AuditTrail
import Definitions
import Persistence

/// A session as whoever serves a page knows it.
public struct BrowserSession: Hashable, Sendable {
    public let person: PersonID
    public let proof: Principal.Proof
    public let createdAt: Instant
    public let expiresAt: Instant
    /// What a form has to send along; see ``RequestForgeryCheck``.
    public let forgeryToken: String
}

/// Begins sessions, knows them again and ends them. What a browser keeps is a random value; what the database keeps is
/// its digest.
public struct SessionDesk: Sendable {
    /// How long a session lasts at most, and how long without being used.
    public struct Limits: Hashable, Sendable {
        public var lifetime = Span.hours(8)
        public var idle = Span.hours(1)
        /// How exactly its last use is kept; less often is fewer writes.
        public var grain = Span.minutes(1)

        public init() {}
    }

    /// What a sign-in came to.
    public struct Begun: Sendable {
        /// For the cookie.
        public let secret: SecretText
        public let session: BrowserSession
    }

    /// Through whom somebody signed in.
    public struct Provenance: Hashable, Sendable {
        public let proof: Principal.Proof
        public let issuer: String?
        public let subject: String?

        public init(_ proof: Principal.Proof, issuer: String? = nil, subject: String? = nil) {
            self.proof = proof
            self.issuer = issuer
            self.subject = subject
        }
    }

    let database: any Database
    let limits: Limits
    let now: @Sendable () -> Instant
    let random: @Sendable () -> [UInt8]
    public let refusals: RefusalBook

    /// - Parameters:
    ///   - random: 32 bytes that nobody can guess, new every time.
    ///   - refusals: Where it is written down who was refused; one of its own where nil.
    public init(
        database: any Database, limits: Limits = Limits(), now: @escaping @Sendable () -> Instant,
        random: @escaping @Sendable () -> [UInt8], refusals: RefusalBook? = nil
    ) {
        self.database = database
        self.limits = limits
        self.now = now
        self.random = random
        self.refusals = refusals ?? RefusalBook(database: database, now: now)
    }

    /// Begins a session for somebody who has shown who they are.
    public func begin(
        _ person: PersonID, _ provenance: Provenance, from origin: RequestOrigin
    ) async throws -> Begun {
        let moment = now()
        let (begun, row) = make(person, provenance, moment)
        try await database.transact { session, records in
            try Self.insert(row, provenance, session, &records, from: origin)
        }
        return begun
    }

    func make(
        _ person: PersonID, _ provenance: Provenance, _ moment: Instant
    ) -> (begun: Begun, row: SessionStore.Session) {
        let secret = Base64URL.encode(random())
        let row = SessionStore.Session(
            id: SecretDigest.hex(of: secret), person: person, proof: provenance.proof.rawValue, createdAt: moment,
            expiresAt: moment + limits.lifetime, seenAt: moment)
        let session = BrowserSession(
            person: person, proof: provenance.proof, createdAt: moment, expiresAt: row.expiresAt,
            forgeryToken: Self.forgeryToken(of: secret))
        return (Begun(secret: SecretText(secret), session: session), row)
    }

    static func insert(
        _ row: SessionStore.Session, _ provenance: Provenance, _ session: any SQLSession, _ records: inout [Record],
        from origin: RequestOrigin
    ) throws {
        let store = SessionStore(session)
        try store.forget(before: row.createdAt - .days(1))
        try store.insert(row)
        records.append(
            .sessionBegan(
                RecordContext(at: row.createdAt, actor: row.person.text, subject: row.person.text),
                session: shortened(row.id), proof: row.proof, issuer: provenance.issuer, subject: provenance.subject,
                expires: row.expiresAt, from: origin))
    }

    /// Whose session a cookie is; nil where it is none, or is over.
    ///
    /// - Parameter person: Whether a person counts still. A leaver's session is dead even before anybody ends it.
    public func find(
        _ cookie: String, isActive person: @Sendable (PersonID) async throws -> Bool
    ) async throws -> BrowserSession? {
        guard Base64URL.decode(cookie)?.count == 32 else { return nil }
        let id = SecretDigest.hex(of: cookie)
        let moment = now()
        guard let row = try await database.readBriefly({ session in try SessionStore(session).find(id) }),
            row.endedAt == nil, moment < row.expiresAt, moment < row.seenAt + limits.idle,
            let proof = Principal.Proof(rawValue: row.proof)
        else { return nil }
        guard try await person(row.person) else {
            try await endSessions(of: row.person, reason: "the person does not count any more")
            return nil
        }
        if moment >= row.seenAt + limits.grain {
            try await database.write { session in try SessionStore(session).see(id, at: moment) }
        }
        return BrowserSession(
            person: row.person, proof: proof, createdAt: row.createdAt, expiresAt: row.expiresAt,
            forgeryToken: Self.forgeryToken(of: cookie))
    }

    /// Ends the session of a cookie: the person signs out.
    public func end(_ cookie: String) async throws {
        let id = SecretDigest.hex(of: cookie)
        let moment = now()
        try await database.transact { session, records in
            let store = SessionStore(session)
            guard let row = try store.find(id), try store.end(id, at: moment) else { return }
            let context = RecordContext(at: moment, actor: row.person.text, subject: row.person.text)
            records.append(.sessionsEnded(context, sessions: [Self.shortened(id)], reason: "signed out"))
        }
    }

    /// Ends all sessions of a person at once; how many there were.
    @discardableResult
    public func endSessions(of person: PersonID, reason: String, actor: String = "tenure") async throws -> Int {
        let moment = now()
        return try await database.transact { session, records in
            try Self.endSessions(of: person, reason: reason, actor: actor, at: moment, in: session, &records)
        }
    }

    /// The same within a transaction of the caller's: whoever makes a leaver of somebody ends their sessions with it.
    @discardableResult
    public static func endSessions(
        of person: PersonID, reason: String, actor: String, at now: Instant, in session: any SQLSession,
        _ records: inout [Record]
    ) throws -> Int {
        let ended = try SessionStore(session).endAll(of: person, at: now)
        guard !ended.isEmpty else { return 0 }
        let context = RecordContext(at: now, actor: actor, subject: person.text)
        records.append(.sessionsEnded(context, sessions: ended.map { shortened($0.id) }, reason: reason))
        return ended.count
    }

    /// Enough of a digest to tell sessions apart in the log.
    static func shortened(_ id: String) -> String { String(id.prefix(12)) }

    static func forgeryToken(of cookie: String) -> String {
        SecretDigest.derive("tenure request forgery", from: Array(cookie.utf8))
    }
}
