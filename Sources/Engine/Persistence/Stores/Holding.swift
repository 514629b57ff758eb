import AccessModel

/// That a fact was seen to hold in a target throughout `[from, until)`.
public struct Holding: Hashable, Sendable {
    public let id: Int64
    public let target: Slug
    public let fact: Fact
    /// Why it was desired while it held; empty where nothing desired it.
    public let causes: [Cause]
    public let from: Instant
    /// Nil while it holds.
    public let until: Instant?
}

/// A fact that was seen, and why it should be there.
public struct SeenFact: Hashable, Sendable {
    public let fact: Fact
    /// Nil: the reason is not known here; the one that is written stands.
    public let causes: [Cause]?

    public init(_ fact: Fact, causes: [Cause]? = nil) {
        self.fact = fact
        self.causes = causes
    }
}

/// What an observation says about absence.
public enum HoldingScope: Hashable, Sendable {
    /// Everything in the target was seen: what was not seen does not hold.
    case everything
    /// Of these identities, their facts of `identityKinds`, and of these groups, their facts of `groupKinds`, were all
    /// seen; about anything else an absence says nothing.
    case only(
        identities: Set<IdentityID>, groups: Set<String>,
        identityKinds: Set<Fact.Kind> = [.account, .membership], groupKinds: Set<Fact.Kind> = [.group, .membership])
    /// An absence says nothing at all.
    case nothing

    func covers(kind: String, identity: String?, group: String?) -> Bool {
        switch self {
        case .everything: return true
        case .nothing: return false
        case .only(let identities, let groups, let identityKinds, let groupKinds):
            guard let kind = Fact.Kind(rawValue: kind) else { return false }
            if identityKinds.contains(kind), let identity, let id = IdentityID(identity), identities.contains(id) {
                return true
            }
            guard groupKinds.contains(kind), let group else { return false }
            return groups.contains(group)
        }
    }
}

/// What an observation changed in what is known.
public struct HoldingDelta: Hashable, Sendable {
    /// Facts that were not known to hold, or not in this way.
    public var opened: [Fact] = []
    /// Facts that no longer hold, or not in this way.
    public var closed: [Fact] = []

    public init() {}

    public var isEmpty: Bool { opened.isEmpty && closed.isEmpty }
}
