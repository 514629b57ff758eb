/// `Group(Tenant, Tier, Role)`: the address of a permission. A core sector stands in the tenant's place.
public struct Group: Hashable, Sendable, CustomStringConvertible {
    public let tenant: Slug
    public let tier: Slug
    public let role: Role

    public init(tenant: Slug, tier: Slug, role: Role) {
        self.tenant = tenant
        self.tier = tier
        self.role = role
    }

    /// The notation of the book: `Group("payments", "live", "contributor")`.
    public var description: String { "Group(\"\(tenant)\", \"\(tier)\", \"\(role.rawValue)\")" }

    /// `payments/live/contributor`, as it is typed on a command line.
    public var path: String { "\(tenant)/\(tier)/\(role.rawValue)" }

    /// The notation or the path; nil for anything else.
    public init?(_ text: String) {
        let inner: [Substring]
        if text.hasPrefix("Group("), text.hasSuffix(")") {
            inner = text.dropFirst("Group(".count).dropLast().split(separator: ",", omittingEmptySubsequences: false)
                .map { part in
                    var part = part.drop { $0 == " " }
                    while part.last == " " { part.removeLast() }
                    return part.count >= 2 && part.first == "\"" && part.last == "\"" ? part.dropFirst().dropLast() : ""
                }
        } else {
            inner = text.split(separator: "/", omittingEmptySubsequences: false)
        }
        guard inner.count == 3, let tenant = Slug(inner[0]), let tier = Slug(inner[1]),
            let role = Role(rawValue: String(inner[2]))
        else { return nil }
        self.init(tenant: tenant, tier: tier, role: role)
    }
}

extension Group: Comparable {
    public static func < (left: Group, right: Group) -> Bool {
        (left.tenant, left.tier, left.role) < (right.tenant, right.tier, right.role)
    }
}
