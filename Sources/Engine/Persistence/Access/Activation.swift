import AccessModel

/// A break of the glass: who, what for, and what a second person said of it afterwards.
public struct Activation: Hashable, Sendable {
    public enum Outcome: String, CaseIterable, Sendable {
        case justified, misused
    }

    /// What a second person found.
    public struct Review: Hashable, Sendable {
        public let by: PersonID
        public let at: Instant
        public let outcome: Outcome
        public let note: String

        public init(by: PersonID, at: Instant, outcome: Outcome, note: String) {
            self.by = by
            self.at = at
            self.outcome = outcome
            self.note = note
        }
    }

    /// `bg-xxxxxxxxxxxx`; its window's id too.
    public let id: String
    public let person: PersonID
    public let group: Group
    public let reason: String
    public let activatedAt: Instant
    public let activatedBy: String
    /// Whether whoever did it only said who they are.
    public let isAsserted: Bool
    /// Who was told.
    public let informed: [PersonID]
    /// An activation without a review after that time keeps its person from the next one.
    public let reviewBy: Instant
    public var review: Review?

    public init(
        id: String, person: PersonID, group: Group, reason: String, activatedAt: Instant, activatedBy: String,
        isAsserted: Bool = true, informed: [PersonID], reviewBy: Instant, review: Review? = nil
    ) {
        self.id = id
        self.person = person
        self.group = group
        self.reason = reason
        self.activatedAt = activatedAt
        self.activatedBy = activatedBy
        self.isAsserted = isAsserted
        self.informed = informed
        self.reviewBy = reviewBy
        self.review = review
    }
}
