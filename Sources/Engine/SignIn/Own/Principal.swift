import AccessModel

/// Who speaks, once that is certain.
public enum Principal: Hashable, Sendable, CustomStringConvertible {
    /// How somebody showed who they are.
    public enum Proof: String, Hashable, Sendable {
        /// A bearer token of a provider.
        case token
        /// A session that a provider's sign-in began.
        case session
        /// A session that the bootstrap link began.
        case bootstrap
    }

    case person(PersonID, Proof)
    /// With the one group that its token is for.
    case workload(IdentityID, Group)

    /// The person; nil for a workload.
    public var person: PersonID? { if case .person(let id, _) = self { id } else { nil } }

    /// The group of a workload's token; nil for a person, whose groups the definitions say.
    public var operatorGroup: Group? { if case .workload(_, let group) = self { group } else { nil } }

    /// Whether a workload may act on what belongs to a group's tenant and tier. A person's rights are not decided here.
    public func mayOperate(tenant: Slug, tier: Slug) -> Bool {
        guard case .workload(_, let group) = self else { return false }
        return group.role == .operator && group.tenant == tenant && group.tier == tier
    }

    /// As records have it: a person's id, or `workload:...`.
    public var description: String {
        switch self {
        case .person(let id, _): id.text
        case .workload(let identity, _): identity.description
        }
    }
}
