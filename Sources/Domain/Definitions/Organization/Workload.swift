import AccessModel

/// A runner or a service that a tenant or a core sector declares for an operator group: it is trusted by what its tokens
/// say, which is exact, or it has a secret with a time to live.
public struct Workload: Sendable, Hashable {
    /// When it stops counting, by the clock alone.
    public struct End: Sendable, Hashable {
        /// The last day on which it counts.
        public let lastDay: CalendarDay
        /// The first moment at which it does not.
        public let at: Instant

        public init(lastDay: CalendarDay, at: Instant) {
            self.lastDay = lastDay
            self.at = at
        }
    }

    public let tenant: Slug
    public let tier: Slug
    public let name: Slug
    /// These three are empty for one that has a secret.
    public let issuer: String
    public let subject: String
    public let audience: String
    /// How old its secret may get; nil for one that is trusted by its tokens.
    public let secretTimeToLive: Span?
    /// Who answers for it.
    public let owner: EmailAddress?
    /// Nil for one that stays.
    public let end: End?
    public let place: SourceLocation

    public init(
        tenant: Slug, tier: Slug, name: Slug, issuer: String, subject: String, audience: String,
        secretTimeToLive: Span? = nil, owner: EmailAddress? = nil, end: End? = nil, place: SourceLocation
    ) {
        self.tenant = tenant
        self.tier = tier
        self.name = name
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.secretTimeToLive = secretTimeToLive
        self.owner = owner
        self.end = end
        self.place = place
    }

    public var identity: IdentityID { .workload(tenant: tenant, tier: tier, name: name) }

    /// Whether its time is over.
    public func isOver(at now: Instant) -> Bool { end.map { $0.at <= now } ?? false }
}
