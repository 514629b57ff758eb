import AccessModel

/// What every connected system is to Tenure: something that can be asked which facts hold, and told to change one.
///
/// A connector keeps no state of its own and decides nothing: what to change, when to try again and what to do about
/// a failure is the engine's. It guarantees, and `ConnectorConformance` tests, that
/// - a change that is applied twice has the effect of one: a conflict on an add and an absence on a remove succeed,
/// - what ``apply(_:context:)`` did is what ``observe(_:)`` sees,
/// - an observation is complete or says that it is not; it never guesses,
/// - no secret is in a receipt, an error, or a fact.
public protocol Connector: Sendable {
    var abilities: TargetAbilities { get }

    /// Reaches the target with its credential, changing nothing.
    func check() async throws(ConnectorError) -> TargetHealth

    /// Which facts hold. Read only.
    func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation

    /// Makes one change hold. Returns once the target has accepted it; that it holds is for `observe` to say.
    func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt

    /// Lets go of connections and files. Nothing is called afterwards; what was applied stands.
    func close() async
}

extension Connector {
    /// For a connector that holds nothing open.
    public func close() async {}
}

/// What a target says of itself.
public struct TargetHealth: Hashable, Sendable {
    /// The product and version, as far as the target tells.
    public let description: String

    public init(description: String) { self.description = description }
}

/// What to look at.
public enum ObservationScope: Hashable, Sendable {
    case everything
    /// The accounts and memberships of these identities, and these groups with all of their members. It costs by
    /// what is asked for, not by the size of the target.
    case only(identities: Set<IdentityID>, accountNames: Set<String>, groups: Set<String>)
}

/// Which facts were seen to hold.
public struct Observation: Hashable, Sendable {
    public enum Completeness: Hashable, Sendable {
        /// All pages were read and the target vouched for the end; absence means absence.
        case complete
        /// Why it may be partial; absence means nothing.
        case partial(reason: String)
    }

    public var facts: [Fact]
    public var completeness: Completeness
    /// What an operator should know: two accounts with one id, a member that cannot be resolved.
    public var findings: [String]
    /// Role assignments and trusts that hold in part: too little to count as held, too much to count as gone. What is
    /// wanted of them is made whole, what is not is taken away.
    public var remnants: [Fact]
    /// Changes that others were asked to make and have not made yet. The fact of each is in ``remnants`` as well.
    public var underway: [ChangeUnderway] = []

    public init(facts: [Fact], completeness: Completeness, findings: [String] = [], remnants: [Fact] = []) {
        self.facts = facts
        self.completeness = completeness
        self.findings = findings
        self.remnants = remnants
    }
}

/// What comes with a change on its way into a target.
public struct ApplyContext: Hashable, Sendable {
    /// The same for every attempt at the same change of the same case; sent along where the target can use it.
    public let idempotencyKey: String
    /// Grows with every lease; a target that can compare it refuses a lower one.
    public let fencingToken: Int64
    /// From 1.
    public let attempt: Int

    public init(idempotencyKey: String, fencingToken: Int64, attempt: Int) {
        self.idempotencyKey = idempotencyKey
        self.fencingToken = fencingToken
        self.attempt = attempt
    }
}
