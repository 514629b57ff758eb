import AccessModel
import Definitions

/// How much harm something can do, before policies add to it.
enum RiskScore {
    /// For each regime of compliance that the group's tenant is under.
    static let regime = 10
    /// For what holds in a target and nothing ever desired.
    static let drift = 5
    /// For breaking the glass.
    static let emergency = 30

    /// The weight of the role, four times that in a live tier, and what its data are worth.
    static func of(_ group: Group, in organization: Organization) -> Int {
        let isLive = organization.platform.tier(group.tier)?.isLive == true
        return group.role.weight * (isLive ? 4 : 1) + data(of: group, in: organization)
    }

    /// For the class of a group's data: what its tenant has to comply with.
    static func data(of group: Group, in organization: Organization) -> Int {
        (organization.tenant(group.tenant)?.compliance.count ?? 0) * regime
    }

    /// Of a change: what the plan says of it, with its data and its cause.
    static func of(_ change: Change, in organization: Organization) -> Int {
        let data = change.fact.notation.map { Self.data(of: $0, in: organization) } ?? 0
        return change.risk + data + (change.causes.contains(.drift) ? drift : 0)
    }
}
