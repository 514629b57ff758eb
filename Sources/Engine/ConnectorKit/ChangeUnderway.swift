import AccessModel

/// A change that the target has been asked for and that takes effect when somebody else acts: a pull request that is to be
/// merged, a merge that is to reach the cluster.
///
/// It neither holds nor has failed, so it is not sent again: it is looked at again later, for as long as it takes.
public struct ChangeUnderway: Hashable, Sendable {
    /// ``Fact/key``.
    public let factKey: String
    /// Whether the fact is on its way out; else it is on its way in.
    public let isRemoval: Bool
    /// What it waits for, in a few words for a person: `pull request 7 to be merged`.
    public let waitsFor: String
    /// When it is worth looking again.
    public let lookAgainAfter: Span

    public init(factKey: String, isRemoval: Bool, waitsFor: String, lookAgainAfter: Span) {
        self.factKey = factKey
        self.isRemoval = isRemoval
        self.waitsFor = waitsFor
        self.lookAgainAfter = lookAgainAfter
    }
}
