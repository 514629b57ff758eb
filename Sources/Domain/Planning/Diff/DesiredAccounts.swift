import AccessModel

/// The accounts that one target should hold, with what the rest of the organisation says where a plan is about some
/// tenants and their word alone does not settle it.
struct DesiredAccounts {
    /// Identities, sorted.
    let keys: [UInt64]
    private let state: DesiredState
    private let target: Int
    private let rests: [DesiredState]

    init(_ state: DesiredState, target: Int, observed: ObservedTarget, facts: [Fact]) {
        self.state = state
        self.target = target
        let own = state.tables[target].accounts.keys
        guard let tenants = state.tenants, state.index.layouts[target].holds(.account) else {
            keys = own
            rests = []
            return
        }
        let unsettled = Self.unsettled(state, own, observed, facts)
        rests = unsettled.isEmpty ? [] : tenants.elsewhere(unsettled, state.input)
        keys = rests.isEmpty ? own : Set(own).union(rests.flatMap { $0.tables[target].accounts.keys }).sorted()
    }

    /// People whose account is not seen as the tenants and birthright want it, or whom neither of these gives one.
    private static func unsettled(
        _ state: DesiredState, _ own: [UInt64], _ observed: ObservedTarget, _ facts: [Fact]
    ) -> [UInt32] {
        var satisfied = Set<UInt64>()
        for row in observed.accounts {
            guard case .account(let seen) = facts[row.value], state.isSatisfied(row.key.low, by: seen) else { continue }
            satisfied.insert(row.key)
        }
        let settled = Set(own).intersection(satisfied)
        return (state.scope ?? []).filter { !settled.contains(UInt64($0)) }
    }

    var count: Int { keys.count }

    func isKeptOnly(at row: Int) -> Bool {
        claims(at: row).allSatisfy { $0.id.kind == .keptEntry }
    }

    /// In the order of a full plan: by kind, then by tenant and place.
    func causes(at row: Int) -> [Cause] {
        guard state.tenants != nil else { return state.causes(claims(at: row).map(\.id)) }
        let claims = claims(at: row).sorted { left, right in
            let (first, second) = (left.order, right.order)
            return first == second ? left.id < right.id : first < second
        }
        var causes: [Cause] = []
        for claim in claims {
            let cause = claim.state.cause(claim.id)
            if !causes.contains(cause) { causes.append(cause) }
        }
        return causes
    }

    private struct Claim {
        let id: CauseID
        let state: DesiredState

        /// Kind, the core after the tenants, name.
        var order: Order {
            let isEntry = id.kind == .entry || id.kind == .keptEntry
            guard isEntry else { return Order(kind: id.kind.rawValue, isCore: false, unit: nil) }
            let index = state.index.organization
            let unit = index.units[Int(index.entries[id.number].unit)]
            return Order(kind: id.kind.rawValue, isCore: unit.isCore, unit: unit.name)
        }

        struct Order: Comparable {
            let kind: UInt32
            let isCore: Bool
            let unit: Slug?

            static func < (left: Order, right: Order) -> Bool {
                if left.kind != right.kind { return left.kind < right.kind }
                if left.isCore != right.isCore { return right.isCore }
                guard let first = left.unit, let second = right.unit else {
                    return left.unit == nil && right.unit != nil
                }
                return first < second
            }
        }
    }

    private func claims(at row: Int) -> [Claim] {
        ([state] + rests).flatMap { state -> [Claim] in
            let table = state.tables[target].accounts
            guard let own = table.index(of: keys[row]) else { return [] }
            return table.causes(at: own).map { Claim(id: $0, state: state) }
        }
    }
}
