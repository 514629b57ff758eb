import AccessModel
import WorkflowEngine

/// What an apply did, and what is left.
public struct ApplyOutcome: Sendable {
    /// A case that was opened.
    public struct OpenedCase: Hashable, Sendable {
        public let id: String
        public let kind: Case.Kind
        public let identity: IdentityID?
        public let changes: Int
    }

    /// A leaver, and what is left of their access by the targets' own word.
    public struct Departure: Hashable, Sendable {
        public let person: PersonID
        public let caseID: String
        /// From when the person ceased to count until the last removal was read back; nil while something is open.
        public let timeToRevoke: Span?
        /// Facts that still hold, by target; a target that did not answer is not in it.
        public let residual: [Slug: Int]
        /// Targets that could not be asked.
        public let unknown: [Slug]
    }

    public var cases: [OpenedCase]
    public var summary: RunSummary
    /// Holds that wait for a second person, opened by this apply or before it.
    public var holds: [String]
    /// Policy denied what the plan would have granted.
    public var isDenied: Bool
    public var departures: [Departure]
}
