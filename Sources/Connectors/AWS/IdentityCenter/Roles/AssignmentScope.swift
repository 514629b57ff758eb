import AccessModel

/// Where a role is assigned: a coordinate, or one account by its number where no coordinate explains it.
enum AssignmentScope: Hashable, Sendable {
    case coordinate(Coordinate)
    case account(String)

    init?(_ text: String) {
        if AccountNumber.isValid(text) {
            self = .account(text)
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4 else { return nil }
        let dimensions = parts.compactMap { Coordinate.Dimension($0) }
        guard dimensions.count == 4 else { return nil }
        self = .coordinate(
            Coordinate(sector: dimensions[0], tier: dimensions[1], region: dimensions[2], tenant: dimensions[3]))
    }

    /// The accounts that lie in it.
    func accounts(of definitions: [AccountDefinition]) -> [String] {
        switch self {
        case .account(let id): [id]
        case .coordinate(let place): definitions.filter { $0.covers.meets(place) }.map(\.id)
        }
    }
}

extension Coordinate {
    /// Whether any place lies in both.
    func meets(_ other: Coordinate) -> Bool {
        sector.meets(other.sector) && tier.meets(other.tier) && region.meets(other.region)
            && tenant.meets(other.tenant)
    }
}

extension Coordinate.Dimension {
    fileprivate func meets(_ other: Coordinate.Dimension) -> Bool {
        guard case .exactly(let one) = self, case .exactly(let two) = other else { return true }
        return one == two
    }
}
