import AccessModel

/// A plan, and what is to be written down when it is applied.
public struct PlanningOutcome: Sendable {
    public let plan: Plan
    public let upkeep: Upkeep
    /// When the same inputs would give another plan without anybody's doing: a window's edge, a lapse, a start, an end
    /// of retention. Nil when nothing is in sight.
    public let nextChange: Instant?

    public init(plan: Plan, upkeep: Upkeep, nextChange: Instant?) {
        self.plan = plan
        self.upkeep = upkeep
        self.nextChange = nextChange
    }
}

/// What ``RecordedState`` should say from now on. It is recorded with an apply, never with a mere plan.
public struct Upkeep: Hashable, Sendable {
    public typealias EntryKey = RecordedState.EntryKey
    public typealias Binding = RecordedState.Binding

    /// Entries that were seen for the first time, and whom they mean.
    public var bindingsToRecord: [EntryKey: Binding] = [:]
    /// Bindings whose entry is no longer in the files. Written again later, it is a new entry.
    public var bindingsToForget: [EntryKey] = []
    /// Open windows whose person is not eligible any more, or not active; sorted.
    public var lostGrants: [String] = []
    /// Groups that the definitions want and that are there already: Tenure's from now on. Groups that a plan adds are
    /// recorded when the change is done.
    public var groupsTakenOver: [Slug: [String]] = [:]
    /// People whose accounts were seen disabled and whom no date is recorded for.
    public var disabledSeen: [Slug: [PersonID]] = [:]
    /// People with a recorded date whose accounts were seen active, or, in a whole listing, not at all.
    public var disabledGone: [Slug: [PersonID]] = [:]

    public init() {}
}

/// Why there is no plan at all.
public enum PlanningError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nobody is known: every entry would be an error, and every account a stranger's.
    case noPeople

    public var code: String { "no-people" }

    public var description: String {
        "plan: no people are known; import an HR snapshot first (`tenure people import FILE`)"
    }
}
