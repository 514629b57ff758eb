import AccessModel

/// Everybody whom HR ever named, as of one moment; sorted by id, found by id or by address.
public struct Roster: Sendable {
    /// Sorted by the person's id.
    public let states: [PersonState]
    // Beside the wide states, what is asked of them by the million: a row of each is a sixteenth of a state.
    /// The ids of ``states``.
    public let ids: [PersonID]
    /// What is usual and what is not of ``states``.
    public let traits: [PersonTraits]
    /// When HR's first word about somebody counts whom nothing that counted by then had named; nil where there is no such word.
    public let nextArrival: Instant?
    /// Whether any two people bear the same address or alias.
    public let sharesAddresses: Bool
    private let byID: NumberTable
    /// By folded address and alias.
    private let byAddress: NumberTable

    /// `states` need not be sorted; ids must differ.
    public init(_ states: [PersonState], nextArrival: Instant? = nil) {
        let sorted = states.sorted { $0.person.id < $1.person.id }
        var byID = NumberTable(capacity: sorted.count)
        var byAddress = NumberTable(capacity: sorted.reduce(0) { $0 + 1 + $1.person.aliases.count })
        var sharesAddresses = false
        for index in sorted.indices {
            byID.insert(UInt32(index), hash: sorted[index].person.id.hashValue)
            for address in Self.addresses(of: sorted[index].person) {
                let hash = address.hashValue
                let isTaken = byAddress.first(hash: hash) {
                    Int($0) != index && Self.addresses(of: sorted[Int($0)].person).contains(address)
                }
                sharesAddresses = sharesAddresses || isTaken != nil
                byAddress.insert(UInt32(index), hash: hash)
            }
        }
        self.nextArrival = nextArrival
        self.sharesAddresses = sharesAddresses
        self.states = sorted
        ids = sorted.map(\.person.id)
        traits = sorted.map { PersonTraits($0) }
        self.byID = byID
        self.byAddress = byAddress
    }

    /// Each once.
    private static func addresses(of person: Person) -> [EmailAddress] {
        person.aliases.isEmpty ? [person.email] : Array(Set(person.addresses))
    }

    /// Everybody of whom `state` knows something at `now`; of the others, when the first one is named.
    public init(
        of timelines: [PersonTimeline], at now: Instant, in days: DayBoundaries, state: (PersonTimeline) -> PersonState?
    ) {
        var states: [PersonState] = []
        states.reserveCapacity(timelines.count)
        var arrival: Instant?
        for timeline in timelines {
            if let known = state(timeline) {
                states.append(known)
            } else if let next = timeline.nextChange(after: now, in: days) {
                arrival = min(arrival ?? next, next)
            }
        }
        self.init(states, nextArrival: arrival)
    }

    /// When the clock alone next makes it another one; nil where only a further word from HR does.
    public func nextChange(after now: Instant) -> Instant? {
        let changes = states.lazy.compactMap(\.nextChange).filter { $0 > now }.min()
        let arrival = nextArrival.flatMap { $0 > now ? $0 : nil }
        return [changes, arrival].compactMap(\.self).min()
    }

    public var isEmpty: Bool { states.isEmpty }

    public func index(of id: PersonID) -> Int? {
        byID.first(hash: id.hashValue) { ids[Int($0)] == id }.map(Int.init)
    }

    public subscript(id: PersonID) -> PersonState? { index(of: id).map { states[$0] } }

    /// All who bear the address or alias, those who left among them.
    public func bearers(of address: EmailAddress) -> [PersonState] {
        indices(bearing: address).map { states[Int($0)] }
    }

    /// Where in ``states`` all of them are, in that order.
    public func indices(bearing address: EmailAddress) -> [Int32] {
        var indices: [Int32] = []
        byAddress.visit(hash: address.hashValue) { number in
            // Who has several addresses may stand here for another of them too.
            if bears(number, address), !indices.contains(Int32(number)) { indices.append(Int32(number)) }
            return true
        }
        return indices
    }

    /// Where the only one is who bears the address; nil where nobody does or several do.
    public func index(ofOnlyBearerOf address: EmailAddress) -> UInt32? {
        var only: UInt32?
        var count = 0
        byAddress.visit(hash: address.hashValue) { number in
            guard number != only, bears(number, address) else { return true }
            only = number
            count += 1
            return count < 2
        }
        return count == 1 ? only : nil
    }

    private func bears(_ number: UInt32, _ address: EmailAddress) -> Bool {
        states[Int(number)].person.email == address || states[Int(number)].person.aliases.contains(address)
    }
}

/// What a plan asks of nearly everybody, in one byte.
public struct PersonTraits: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable public static var active: PersonTraits { PersonTraits(rawValue: 1) }
    @inlinable public static var service: PersonTraits { PersonTraits(rawValue: 2) }
    @inlinable public static var external: PersonTraits { PersonTraits(rawValue: 4) }
    @inlinable public static var hasMoved: PersonTraits { PersonTraits(rawValue: 8) }
    /// The organisation's limit comes before the last day that HR names.
    @inlinable public static var stayIsLimited: PersonTraits { PersonTraits(rawValue: 16) }

    init(_ state: PersonState) {
        self = []
        if state.isActive { insert(.active) }
        if state.person.kind == .service { insert(.service) }
        if state.person.kind == .external { insert(.external) }
        if !state.moves.isEmpty { insert(.hasMoved) }
        if state.stayEnd != nil { insert(.stayIsLimited) }
    }
}
