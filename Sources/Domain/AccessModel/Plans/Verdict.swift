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
        public let rule: String
        public let message: String
        /// The changes that it speaks of, by their ids.
        public let changes: [String]

        public init(rule: String, message: String, changes: [String]) {
            self.rule = rule
            self.message = message
            self.changes = changes
        }
    }

    public let outcome: Outcome
    public let reasons: [Reason]

    public init(outcome: Outcome, reasons: [Reason]) {
        self.outcome = outcome
        self.reasons = reasons
    }
}
