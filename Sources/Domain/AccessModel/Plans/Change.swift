/// One mutation of one fact on one target.
public struct Change: Hashable, Sendable {
    public enum Operation: String, Sendable {
        case add, remove, update
    }

    /// Whatever lessens access overtakes whatever adds to it.
    public enum Lane: String, Sendable, CaseIterable {
        case revoke, grant
    }

    public let target: Slug
    public let operation: Operation
    public let lane: Lane
    /// What shall hold for an add or an update; what shall no longer hold for a remove.
    public let fact: Fact
    /// What held before an update or a remove; nil for an add. An account that is taken over from a foreign one
    /// bears its foreign identity here.
    public let before: Fact?
    public let causes: [Cause]
    /// Weight of the role times that of the tier; see ``BlastRadius``.
    public let risk: Int
    /// Changes of a lower stage on the same target come first: groups and accounts before members.
    public let stage: Int
    /// Ids of changes that are tried before this one, so that a mover is not locked out. A failure of theirs does
    /// not hold it up.
    public let after: [String]
    /// Whether a guard counts it: a removal that a snapshot or changed definitions caused.
    public let isCounted: Bool
    /// Held by a guard for a second person.
    public var isHeld: Bool

    public init(
        target: Slug, operation: Operation, lane: Lane, fact: Fact, before: Fact? = nil, causes: [Cause], risk: Int,
        stage: Int, after: [String] = [], isCounted: Bool = false, isHeld: Bool = false
    ) {
        self.target = target
        self.operation = operation
        self.lane = lane
        self.fact = fact
        self.before = before
        self.causes = causes
        self.risk = risk
        self.stage = stage
        self.after = after
        self.isCounted = isCounted
        self.isHeld = isHeld
    }

    /// Which change this is within a plan: `corp remove membership payments-live-readers e-0001`.
    public var id: String { "\(target) \(operation.rawValue) \(fact.key)" }

    /// Whom it concerns; nil for a group as a whole.
    public var identity: IdentityID? { fact.identity }

    /// The change that undoes this one; nil where undoing would need what is no longer known.
    public var inverse: Change? {
        let undone: (Operation, Fact, Fact?)? =
            switch operation {
            case .add: (.remove, fact, fact)
            case .remove: (.add, fact, nil)
            case .update: before.map { (.update, $0, fact) }
            }
        guard let (operation, fact, before) = undone else { return nil }
        return Change(
            target: target, operation: operation, lane: lane == .grant ? .revoke : .grant, fact: fact, before: before,
            causes: causes, risk: risk, stage: stage)
    }
}
