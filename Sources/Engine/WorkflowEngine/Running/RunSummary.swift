import AccessModel

/// What a run did, and what is left.
public struct RunSummary: Hashable, Sendable {
    /// A step that is not done, and why.
    public struct Open: Hashable, Sendable {
        public let step: StepReference
        public let changeID: String
        public let state: StepState
        public let attempts: Int
        /// What went wrong last; nil if nothing did.
        public let problem: String?
        /// When it is tried next; nil where nobody will without being told to.
        public let until: Instant?
    }

    /// Calls to targets that were made to change something.
    public internal(set) var sent = 0
    /// Changes that were seen to hold.
    public internal(set) var verified = 0
    /// Attempts that failed, read-backs that did not show the change included.
    public internal(set) var failedAttempts = 0
    /// Steps left to a person, at most ``RunSummary/listed`` of them listed; ``stalledCount`` counts all.
    public internal(set) var stalled: [Open] = []
    public internal(set) var stalledCount = 0
    /// Steps that will be tried again, later than this run could wait; listed like ``stalled``.
    public internal(set) var waiting: [Open] = []
    public internal(set) var waitingCount = 0

    /// When the next of ``waiting`` is due.
    public internal(set) var waitingUntil: Instant?

    /// Nothing is left to do or to decide.
    public var isFinished: Bool { stalledCount == 0 && waitingCount == 0 }

    public static let listed = 1_000

    public init() {}
}

/// How far a run is, for a bar on a terminal.
public struct RunProgress: Hashable, Sendable {
    /// Steps that came to their end during this run, stalled ones included.
    public let done: Int
    /// ``done`` and those still on their way.
    public let total: Int
    /// What happened last: `corp add membership payments-live-readers e-0001`.
    public let description: String
}
