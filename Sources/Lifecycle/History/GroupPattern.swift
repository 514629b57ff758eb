import AccessModel
import Definitions

/// A group as it is typed: the notation, `payments/live/contributor`, or the slug; in the first two, `_` stands for
/// every tenant, tier or role.
public struct GroupPattern {
    private let tenant: String
    private let tier: String
    private let role: String
    private let slug: String

    public init(_ text: String) {
        slug = text
        var inner = text
        if text.hasPrefix("Group("), text.hasSuffix(")") {
            inner = text.dropFirst("Group(".count).dropLast().filter { $0 != "\"" && $0 != " " }
                .replacing(",", with: "/")
        }
        let parts = inner.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        tenant = parts.count == 3 ? parts[0] : ""
        tier = parts.count == 3 ? parts[1] : ""
        role = parts.count == 3 ? parts[2] : ""
    }

    public func groups(in organization: Organization) -> [Group] {
        organization.groups.filter { group in
            organization.slug(of: group) == slug
                || (Self.matches(tenant, group.tenant.text) && Self.matches(tier, group.tier.text)
                    && Self.matches(role, group.role.rawValue))
        }
    }

    private static func matches(_ pattern: String, _ text: String) -> Bool { pattern == "_" || pattern == text }
}
