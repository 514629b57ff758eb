/// Changes in a safe order, what they would touch, and a hash that binds an approval to exactly them.
public struct Plan: Hashable, Sendable {
    /// Lower-case hex SHA-256 over the canonical JSON of what was planned: the changes without their order-free
    /// texts, and the revision of the definitions. Two plans of one hash do the same.
    public let hash: String
    /// Revocations first, then by stage.
    public let changes: [Change]
    public let blastRadius: BlastRadius
    /// The hash of the definitions that it follows.
    public let definitionsRevision: String
    public let plannedAt: Instant
    /// What a reader should know: entries that were left out, what will lapse, what was seen and is not owned.
    public let notes: [PlanNote]
    /// Targets that are only reported on: what is planned for them is shown and never made.
    public let reportedOnly: Set<Slug>

    public init(
        hash: String, changes: [Change], blastRadius: BlastRadius, definitionsRevision: String, plannedAt: Instant,
        notes: [PlanNote], reportedOnly: Set<Slug> = []
    ) {
        self.hash = hash
        self.changes = changes
        self.blastRadius = blastRadius
        self.definitionsRevision = definitionsRevision
        self.plannedAt = plannedAt
        self.notes = notes
        self.reportedOnly = reportedOnly
    }

    public func isReportedOnly(_ change: Change) -> Bool { reportedOnly.contains(change.target) }

    /// Whether there is anything to do: a change on a target that is not only reported on.
    public var hasWork: Bool { !changes.allSatisfy(isReportedOnly) }

    public var isHeld: Bool { changes.contains(where: \.isHeld) }
}

/// How far a plan reaches.
public struct BlastRadius: Hashable, Sendable {
    public var identities = 0
    public var groups = 0
    public var targets = 0
    public var adds = 0
    public var removes = 0
    public var updates = 0
    /// The sum of the risks of all changes.
    public var score = 0
    /// Groups of role admin that would lose their last member or their last eligible person.
    public var lastAdminLosses: [String] = []
    /// Of each of those groups, whom the plan takes out of the people who were eligible for it.
    public var lastAdmins: [String: Set<PersonID>] = [:]

    public init() {}
}

/// Something that a plan says beside its changes.
public struct PlanNote: Hashable, Sendable {
    public enum Severity: String, Sendable {
        case note, warning, error
    }

    public let severity: Severity
    /// Stable, for scripts: `unmanaged-account`, `will-lapse`, `target-unreachable`, ...
    public let code: String
    public let message: String
    public let place: SourceLocation?
    /// Of `lapsed`: since when.
    public let since: Instant?

    public init(
        severity: Severity, code: String, message: String, place: SourceLocation? = nil, since: Instant? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.place = place
        self.since = since
    }
}
