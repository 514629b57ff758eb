/// A just-in-time window `[from, until)` of one person on one group.
public struct Grant: Hashable, Sendable {
    public let id: String
    public let person: PersonID
    public let group: Group
    public let reason: String
    public let approvedBy: [PersonID]
    public let from: Instant
    public let until: Instant

    public init(
        id: String, person: PersonID, group: Group, reason: String, approvedBy: [PersonID], from: Instant,
        until: Instant
    ) {
        self.id = id
        self.person = person
        self.group = group
        self.reason = reason
        self.approvedBy = approvedBy
        self.from = from
        self.until = until
    }

    /// Half-open: the moment `until` is outside.
    public func isOpen(at now: Instant) -> Bool { from <= now && now < until }
}
