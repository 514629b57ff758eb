/// What policy says of a plan.
public struct Verdict: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case approved
        /// Carried out once so many distinct people of the kind have approved.
        case needsApproval(count: Int, by: String)
        case denied
    }

    /// One rule that matched.
    public struct Reason: Hashable, Sendable {
        public enum Effect: String, Sendable {
            case denies = "deny"
            /// Waits for a second person, or for who else has to approve.
            case holds = "hold"
            case warns = "warn"
            /// It would have spoken, and is only watched.
            case observes = "observe"
        }

        public let rule: String
        public let message: String
        /// The changes that it speaks of, by their ids.
        public let changes: [String]
        public let effect: Effect
        /// Where the rule is written; nil for one that is not.
        public let place: SourceLocation?

        public init(
            rule: String, message: String, changes: [String], effect: Effect = .denies, place: SourceLocation? = nil
        ) {
            self.rule = rule
            self.message = message
            self.changes = changes
            self.effect = effect
            self.place = place
        }
    }

    public let outcome: Outcome
    public let reasons: [Reason]

    public init(outcome: Outcome, reasons: [Reason]) {
        self.outcome = outcome
        self.reasons = reasons
    }
}
