/// What a kind of target can hold, as its connector says.
public struct TargetAbilities: Hashable, Sendable {
    /// Kinds of facts; the planner plans no others for it.
    public var kinds: Set<Fact.Kind>
    /// Whether a workload can be a member of a group, as a person can.
    public var holdsWorkloadMembers: Bool
    /// Whether a group can be there without a member. Where it cannot, the connector makes it with its first member
    /// and an absent empty group is not drift.
    public var holdsEmptyGroups: Bool
    /// Bytes that a group's name may have.
    public var maximumGroupNameLength: Int
    /// Whether it makes the secret of a workload that has one with a time to live, and makes secrets others in time: a workload's
    /// before it is too old, a person's after a move.
    public var keepsWorkloadSecrets: Bool

    public init(
        kinds: Set<Fact.Kind>, holdsWorkloadMembers: Bool, holdsEmptyGroups: Bool, maximumGroupNameLength: Int,
        keepsWorkloadSecrets: Bool = false
    ) {
        self.kinds = kinds
        self.holdsWorkloadMembers = holdsWorkloadMembers
        self.holdsEmptyGroups = holdsEmptyGroups
        self.maximumGroupNameLength = maximumGroupNameLength
        self.keepsWorkloadSecrets = keepsWorkloadSecrets
    }
}
