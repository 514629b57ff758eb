import AccessModel

/// Whose signatures make a break-glass grant that works without the control plane.
public struct SealedBreakGlassRule: Sendable {
    /// One admin's key.
    public struct Key: Sendable {
        public let person: ListedPerson
        /// `NAME+ID+KEY`, Ed25519.
        public let verifier: String
        public let place: SourceLocation

        public init(person: ListedPerson, verifier: String, place: SourceLocation) {
            self.person = person
            self.verifier = verifier
            self.place = place
        }
    }

    public var keys: [Key]
    /// How many of them, distinct people and none of them who is to use it, have to sign.
    public var threshold: Int
    /// How long before its use a grant may be sealed.
    public var maximumValidity: Span

    public init(keys: [Key], threshold: Int, maximumValidity: Span = .days(90)) {
        self.keys = keys
        self.threshold = threshold
        self.maximumValidity = maximumValidity
    }
}
