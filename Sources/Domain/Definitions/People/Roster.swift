import AccessModel

/// Everybody whom HR ever named, as of one moment; sorted by id, found by id or by address.
public struct Roster: Sendable {
    /// Sorted by the person's id.
    public let states: [PersonState]
    /// Folded address or alias -> indices into `states`.
    private let byAddress: [String: [Int32]]

    /// `states` need not be sorted; ids must differ.
    public init(_ states: [PersonState]) {
        let sorted = states.sorted { $0.person.id < $1.person.id }
        var byAddress: [String: [Int32]] = [:]
        byAddress.reserveCapacity(sorted.count)
        for (index, state) in sorted.enumerated() {
            for address in Set(state.person.addresses) { byAddress[address.folded, default: []].append(Int32(index)) }
        }
        self.states = sorted
        self.byAddress = byAddress
    }

    public var isEmpty: Bool { states.isEmpty }

    public func index(of id: PersonID) -> Int? {
        var low = 0
        var high = states.count
        while low < high {
            let middle = (low + high) / 2
            if states[middle].person.id < id { low = middle + 1 } else { high = middle }
        }
        return low < states.count && states[low].person.id == id ? low : nil
    }

    public subscript(id: PersonID) -> PersonState? { index(of: id).map { states[$0] } }

    /// All who bear the address or alias, those who left among them.
    public func bearers(of address: EmailAddress) -> [PersonState] {
        (byAddress[address.folded] ?? []).map { states[Int($0)] }
    }

    /// Where in ``states`` all of them are.
    public func indices(bearing address: EmailAddress) -> [Int32] { byAddress[address.folded] ?? [] }
}
