/// A just-in-time window `[from, until)` of one person on one group.
public struct Grant: Hashable, Sendable {
    public let id: String
    public let person: PersonID
    public let group: Group
    public let reason: String
    public let approvedBy: [PersonID]
    public let from: Instant
    public let until: Instant
    /// Opened by breaking the glass: it asks for the organisation's word that the person may, not for eligibility.
    public let isEmergency: Bool
    /// When it was asked for; nil where that is not known. Whoever left or moved since has lost it.
    public let askedAt: Instant?

    public init(
        id: String, person: PersonID, group: Group, reason: String, approvedBy: [PersonID], from: Instant,
        until: Instant, isEmergency: Bool = false, askedAt: Instant? = nil
    ) {
        self.id = id
        self.person = person
        self.group = group
        self.reason = reason
        self.approvedBy = approvedBy
        self.from = from
        self.until = until
        self.isEmergency = isEmergency
        self.askedAt = askedAt
    }

    /// Half-open: the moment `until` is outside.
    public func isOpen(at now: Instant) -> Bool { from <= now && now < until }

    /// Whether its start has come at a moment that somebody vouches for. An emergency waits for no clock.
    public func hasBegun(by vouched: Instant) -> Bool { isEmergency || from <= vouched }
}
