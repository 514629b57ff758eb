/// A place in the organisation: `(Sector, Tier, Region, Tenant)`.
public struct Coordinate: Hashable, Sendable, CustomStringConvertible {
    /// One dimension of a coordinate.
    public enum Dimension: Hashable, Sendable, CustomStringConvertible {
        /// `*`: all of it.
        case all
        /// `_`: the dimension does not matter.
        case ignored
        case exactly(Slug)

        /// `*`, `_` or a slug.
        public init?(_ text: String) {
            switch text {
            case "*": self = .all
            case "_": self = .ignored
            default:
                guard let slug = Slug(text) else { return nil }
                self = .exactly(slug)
            }
        }

        public var description: String {
            switch self {
            case .all: "*"
            case .ignored: "_"
            case .exactly(let slug): slug.text
            }
        }

        /// Whether `value` lies inside of this dimension; nil (a dimension that the value leaves free) always does.
        public func covers(_ value: Slug?) -> Bool {
            guard case .exactly(let slug) = self, let value else { return true }
            return slug == value
        }
    }

    public var sector: Dimension
    public var tier: Dimension
    public var region: Dimension
    public var tenant: Dimension

    public init(
        sector: Dimension = .all, tier: Dimension = .all, region: Dimension = .all, tenant: Dimension = .all
    ) {
        self.sector = sector
        self.tier = tier
        self.region = region
        self.tenant = tenant
    }

    /// `sector/tier/region/tenant`.
    public var description: String { "\(sector)/\(tier)/\(region)/\(tenant)" }

    /// Whether the place that is given lies inside; what is left nil is free.
    public func covers(sector: Slug?, tier: Slug?, tenant: Slug?) -> Bool {
        self.sector.covers(sector) && self.tier.covers(tier) && self.tenant.covers(tenant)
    }
}
