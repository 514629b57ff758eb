import AccessModel

/// What was seen in one target, as the planner takes it.
public struct TargetObservation: Hashable, Sendable {
    public var facts: [Fact]
    /// Whether absence means absence, within what was asked for.
    public var isComplete: Bool
    /// Why it is not complete.
    public var partialReason: String?
    /// What an operator should know of the target; each becomes a note of the plan.
    public var findings: [String]
    /// How many memberships of managed groups the whole target holds, where the observation shows only a part of it.
    /// Without it a narrowed plan leaves the guard's percentage out and counts people alone.
    public var knownMemberships: Int?
    /// Role assignments and trusts that hold in part, see the connector's observation.
    public var remnants: [Fact]

    public init(
        facts: [Fact], isComplete: Bool = true, partialReason: String? = nil, findings: [String] = [],
        knownMemberships: Int? = nil, remnants: [Fact] = []
    ) {
        self.facts = facts
        self.isComplete = isComplete
        self.partialReason = partialReason
        self.findings = findings
        self.knownMemberships = knownMemberships
        self.remnants = remnants
    }
}
