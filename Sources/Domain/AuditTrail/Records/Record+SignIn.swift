import AccessModel
import StrictJSON

/// A token that was given to a workload, as its record has it. The token itself is nowhere.
public struct TokenGrant: Hashable, Sendable {
    public let id: String
    public let group: Group
    /// The three that its declaration and its own token agree on.
    public let issuer: String
    public let subject: String
    public let audience: String
    public let expires: Instant

    public init(id: String, group: Group, issuer: String, subject: String, audience: String, expires: Instant) {
        self.id = id
        self.group = group
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.expires = expires
    }
}

/// From where somebody spoke, and by which request.
public struct RequestOrigin: Hashable, Sendable {
    /// The other end's address.
    public let peer: String
    public let correlation: String

    public init(peer: String, correlation: String) {
        self.peer = peer
        self.correlation = correlation
    }
}

/// Refusals of one kind that came close together, as one record tells of them.
public struct RefusalSum: Hashable, Sendable {
    public let count: Int
    public let first: Instant
    public let last: Instant
    /// The last request's.
    public let request: String

    public init(count: Int, first: Instant, last: Instant, request: String) {
        self.count = count
        self.first = first
        self.last = last
        self.request = request
    }
}

extension Record {
    /// `token.exchanged` `{token, group, issuer, subject, audience, expires, peer, request}`: the context's actor, a
    /// workload, showed a token of its issuer's and was given one of ours; `token` is its id.
    public static func tokenExchanged(
        _ context: RecordContext, _ grant: TokenGrant, from origin: RequestOrigin
    ) -> Record {
        Record(
            .tokenExchanged, context,
            [
                "token": .string(grant.id), "group": .string(grant.group.path), "issuer": .string(grant.issuer),
                "subject": .string(grant.subject), "audience": .string(grant.audience),
                "expires": .instant(grant.expires), "peer": .string(origin.peer),
                "request": .string(origin.correlation),
            ])
    }

    /// `token.refused` `{code, message, claims?, peer, request, count?, first?, last?}`: somebody was given no token;
    /// `claims` says of each what was wanted and found. With `count` it stands for so many, beside those that have a record
    /// of their own; `request` is the last of them.
    public static func tokenRefused(
        _ context: RecordContext, code: String, message: String, claims: JSONValue?, from origin: RequestOrigin,
        sum: RefusalSum? = nil
    ) -> Record {
        Record(
            .tokenRefused, context,
            [
                "code": .string(code), "message": .string(message), "claims": claims, "peer": .string(origin.peer),
                "request": .string(origin.correlation), "count": (sum?.count).map { .integer(Int64($0)) },
                "first": (sum?.first).map(JSONValue.instant), "last": (sum?.last).map(JSONValue.instant),
            ])
    }

    /// `signin.refused` `{reason, claims?, peer, request, count?, first?, last?}`: somebody did not get a session. With
    /// `count` it stands for so many, as of tokens.
    public static func signInRefused(
        _ context: RecordContext, reason: String, claims: JSONValue?, from origin: RequestOrigin,
        sum: RefusalSum? = nil
    ) -> Record {
        Record(
            .signInRefused, context,
            [
                "reason": .string(reason), "claims": claims, "peer": .string(origin.peer),
                "request": .string(origin.correlation), "count": (sum?.count).map { .integer(Int64($0)) },
                "first": (sum?.first).map(JSONValue.instant), "last": (sum?.last).map(JSONValue.instant),
            ])
    }

    /// `session.began` `{session, proof, issuer?, subject?, expires, peer, request}`: the context's actor signed in.
    /// `session` is the beginning of its digest; `issuer` and `subject` are the provider's.
    public static func sessionBegan(
        _ context: RecordContext, session: String, proof: String, issuer: String?, subject: String?, expires: Instant,
        from origin: RequestOrigin
    ) -> Record {
        Record(
            .sessionBegan, context,
            [
                "session": .string(session), "proof": .string(proof), "issuer": issuer.map(JSONValue.string),
                "subject": subject.map(JSONValue.string), "expires": .instant(expires), "peer": .string(origin.peer),
                "request": .string(origin.correlation),
            ])
    }

    /// `session.ended` `{sessions, reason}`: sessions of the context's subject were ended before their time.
    public static func sessionsEnded(_ context: RecordContext, sessions: [String], reason: String) -> Record {
        Record(
            .sessionEnded, context,
            ["sessions": .array(sessions.map(JSONValue.string)), "reason": .string(reason)])
    }

    /// `bootstrap.created` `{person, expires}`: a link was made by which a person may sign in once without a provider.
    public static func bootstrapCreated(_ context: RecordContext, person: PersonID, expires: Instant) -> Record {
        Record(.bootstrapCreated, context, ["person": .string(person.text), "expires": .instant(expires)])
    }
}
