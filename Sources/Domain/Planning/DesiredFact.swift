import AccessModel

/// One fact that should hold in one target, with all of its causes.
public struct DesiredFact: Hashable, Sendable {
    public let target: Slug
    public let fact: Fact
    public let causes: [Cause]
    /// Every cause is an entry that is in error: what is there stays, what is not is not added.
    public let isKeptOnly: Bool

    public init(target: Slug, fact: Fact, causes: [Cause], isKeptOnly: Bool = false) {
        self.target = target
        self.fact = fact
        self.causes = causes
        self.isKeptOnly = isKeptOnly
    }
}
