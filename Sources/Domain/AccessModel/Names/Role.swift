/// What a group may do. There are four, and no others.
public enum Role: String, CaseIterable, Sendable, Hashable {
    /// Creates and destroys; held by runners and services only, never by a person.
    case `operator`
    /// The highest a person can hold; never standing.
    case admin
    /// Writes; in a live tier never standing.
    case contributor
    /// Sees; standing.
    case reader

    /// As it appears in a group's slug under `{roles}`: `readers`, `contributors`, `admins`, `operator`.
    public var plural: String { self == .operator ? rawValue : rawValue + "s" }

    /// How much harm a holder can do, for the blast radius: reader 1, contributor 5, admin 20, operator 20.
    public var weight: Int {
        switch self {
        case .reader: 1
        case .contributor: 5
        case .admin, .operator: 20
        }
    }
}

extension Role: Comparable {
    /// Reader, contributor, admin, operator: by what each can do.
    public static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .reader: 0
        case .contributor: 1
        case .admin: 2
        case .operator: 3
        }
    }
}
