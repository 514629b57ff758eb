import AccessModel

/// One policy of `policies/NAME.yaml`, as it is written: what it is asked about, when it speaks, and what it says.
///
/// Its expressions are text with places; whoever compiles them says what is wrong inside.
public struct PolicyDefinition: Sendable, Hashable {
    /// What can be decided.
    public enum Kind: String, Sendable, CaseIterable, Comparable {
        /// One change of a plan.
        case change
        /// Somebody asks for a window on a group.
        case request
        /// Somebody approves such a request.
        case approval
        /// Somebody breaks the glass.
        case breakGlass = "break-glass"
        /// Whether a membership is to stand in a review.
        case review
        /// A person to whom a plan gives something.
        case person

        public static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    public enum Mode: String, Sendable, CaseIterable {
        case enforce
        /// Decides and is recorded, and never blocks.
        case observe
    }

    /// Unique over all files.
    public var name: Slug
    public var description: String
    /// Sorted, each once, at least one.
    public var kinds: [Kind]
    public var mode: Mode
    /// A condition of type bool; nil: always.
    public var condition: PolicyText?
    public var effects: Effects
    /// Where its name is written.
    public var place: SourceLocation

    public init(
        name: Slug, description: String = "", kinds: [Kind], mode: Mode = .enforce, condition: PolicyText? = nil,
        effects: Effects = Effects(), place: SourceLocation
    ) {
        self.name = name
        self.description = description
        self.kinds = kinds
        self.mode = mode
        self.condition = condition
        self.effects = effects
        self.place = place
    }
}

extension PolicyDefinition {
    /// What a policy does where it speaks; at least one.
    public struct Effects: Sendable, Hashable {
        /// A message, in which `{path}` stands for an attribute.
        public var deny: PolicyText?
        public var approval: Approval?
        /// The longest window.
        public var limit: Span?
        public var limitPlace: SourceLocation?
        public var justification: Justification?
        /// A whole number, or an expression of type int, that is added to the score.
        public var risk: PolicyText?
        public var warn: PolicyText?
        /// A counted removal waits for a second person.
        public var hold: PolicyText?
        public var external: External?

        public init() {}
    }

    /// So many distinct people of a kind have to agree.
    public struct Approval: Sendable, Hashable {
        /// `approvers`, a group's slug or notation, or a person's address; at least one.
        public var from: [PolicyText]
        public var count: Int
        /// How long the approvals are waited for.
        public var within: Span?
        public var place: SourceLocation

        public init(from: [PolicyText], count: Int, within: Span? = nil, place: SourceLocation) {
            self.from = from
            self.count = count
            self.within = within
            self.place = place
        }
    }

    /// The reason that is given has to hold what a pattern finds.
    public struct Justification: Sendable, Hashable {
        /// RE2; searched for in the whole reason.
        public var pattern: PolicyText
        public var message: PolicyText
        public var place: SourceLocation

        public init(pattern: PolicyText, message: PolicyText, place: SourceLocation) {
            self.pattern = pattern
            self.message = message
            self.place = place
        }
    }

    /// An Open Policy Agent that is asked as well.
    public struct External: Sendable, Hashable {
        /// Its address: https, or http on the machine itself.
        public var url: String
        /// Of the rule, under `/v1/data/`: `tenure/allow`.
        public var path: String
        public var deadline: Span
        /// How long an answer may be used again; zero: never.
        public var cache: Span
        /// Of the bearer's token; a reference, never a value.
        public var credential: String?
        public var place: SourceLocation

        public init(
            url: String, path: String, deadline: Span = .seconds(2), cache: Span = .zero, credential: String? = nil,
            place: SourceLocation
        ) {
            self.url = url
            self.path = path
            self.deadline = deadline
            self.cache = cache
            self.credential = credential
            self.place = place
        }
    }
}
