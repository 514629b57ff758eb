import AccessModel

/// A window that somebody asks for, or takes by breaking the glass.
public struct AskedWindow: Hashable, Sendable {
    /// Of the request; empty before it has one.
    public var id: String
    /// For whom.
    public var person: PersonID
    public var group: Group
    public var reason: String
    public var duration: Span
    /// Nil: at once.
    public var start: Instant?
    /// It lengthens a window that is open.
    public var isExtension: Bool
    /// Other windows of the person's that are to come or not over: what is kept apart is kept apart in time, too.
    public var beside: [Grant]

    public init(
        id: String = "", person: PersonID, group: Group, reason: String, duration: Span, start: Instant? = nil,
        isExtension: Bool = false, beside: [Grant] = []
    ) {
        self.id = id
        self.person = person
        self.group = group
        self.reason = reason
        self.duration = duration
        self.start = start
        self.isExtension = isExtension
        self.beside = beside
    }
}
