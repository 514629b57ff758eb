import AccessModel

/// A case of `policies/NAME.cases.yaml`: a question, and how it must be decided.
public struct PolicyCase: Sendable {
    public enum Verdict: String, Sendable, CaseIterable {
        case allowed, denied
        case needsApproval = "needs-approval"
    }

    public var name: String
    public var kind: PolicyDefinition.Kind
    /// What is known; what is not given has its default.
    public var given: [Attribute]
    public var expected: Expectation
    /// Where its name is written.
    public var place: SourceLocation

    public init(
        name: String, kind: PolicyDefinition.Kind, given: [Attribute], expected: Expectation, place: SourceLocation
    ) {
        self.name = name
        self.kind = kind
        self.given = given
        self.expected = expected
        self.place = place
    }

    /// What must come out; what is nil is not looked at.
    public struct Expectation: Sendable, Hashable {
        public var verdict: Verdict
        /// Exactly the policies in force that deny, ask for approval or hold; in any order.
        public var by: [Slug]?
        /// How many approvals are needed in all.
        public var approvals: Int?
        /// The longest window.
        public var window: Span?
        public var risk: Int?
        /// Exactly the policies that warn.
        public var warns: [Slug]?
        /// Exactly the policies in mode `observe` that speak.
        public var observed: [Slug]?

        public init(verdict: Verdict) { self.verdict = verdict }
    }

    /// A name with what is given for it.
    public struct Attribute: Sendable, Hashable {
        public let name: String
        /// Where the name stands.
        public let place: SourceLocation
        public let value: Value

        public init(name: String, place: SourceLocation, value: Value) {
            self.name = name
            self.place = place
            self.value = value
        }
    }

    /// A value as it is written; which type it has, the attribute says.
    public struct Value: Sendable, Hashable {
        public indirect enum Content: Sendable, Hashable {
            case text(String)
            case list([Value])
            case fields([Attribute])
        }

        public let content: Content
        public let place: SourceLocation

        public init(_ content: Content, at place: SourceLocation) {
            self.content = content
            self.place = place
        }
    }
}
