/// The key of an identity in facts, plans and records.
///
/// A person by HR's id (`e-0001`), a workload by where it is declared (`workload:payments/live/deploy`), and an
/// account that a target holds and Tenure cannot attribute to anyone by the name it bears there (`foreign:NAME`).
public enum IdentityID: Hashable, Sendable, CustomStringConvertible {
    case person(PersonID)
    // Indirect, so that the many people's are not as wide as the few workloads'.
    indirect case workload(tenant: Slug, tier: Slug, name: Slug)
    case foreign(String)

    /// Parses what ``description`` prints; nil when `text` is none of the three.
    public init?(_ text: String) {
        if let id = PersonID(text) {
            self = .person(id)
        } else if text.hasPrefix("workload:") {
            let parts = text.dropFirst("workload:".count).split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 3, let tenant = Slug(parts[0]), let tier = Slug(parts[1]), let name = Slug(parts[2])
            else { return nil }
            self = .workload(tenant: tenant, tier: tier, name: name)
        } else if text.hasPrefix("foreign:") {
            self = .foreign(String(text.dropFirst("foreign:".count)))
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .person(let id): id.text
        case .workload(let tenant, let tier, let name): "workload:\(tenant)/\(tier)/\(name)"
        case .foreign(let name): "foreign:\(name)"
        }
    }

    public var person: PersonID? {
        if case .person(let id) = self { id } else { nil }
    }
}

extension IdentityID: Comparable {
    public static func < (left: IdentityID, right: IdentityID) -> Bool { left.description < right.description }
}
