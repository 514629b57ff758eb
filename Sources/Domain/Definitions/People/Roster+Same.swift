import AccessModel

/// HR may know one human under several ids, and give an address that somebody left behind to somebody else.
extension Roster {
    /// One id for all ids that are one human: those that bear an address in common. It is one of somebody who is here,
    /// else of somebody who has not left; of several the lowest.
    public func same(_ person: PersonID) -> PersonID {
        guard sharesAddresses else { return person }
        let all = ids(of: person)
        let states = all.compactMap { self[$0] }
        let present = states.filter(\.isActive).map(\.person.id).min()
        return present ?? states.filter { $0.presence != .left }.map(\.person.id).min() ?? all.min() ?? person
    }

    /// All ids of the human whose id this is.
    public func ids(of person: PersonID) -> Set<PersonID> {
        var found: Set<PersonID> = [person]
        guard sharesAddresses else { return found }
        var open = [person]
        while let next = open.popLast() {
            for address in self[next]?.person.addresses ?? [] {
                for bearer in bearers(of: address) where found.insert(bearer.person.id).inserted {
                    open.append(bearer.person.id)
                }
            }
        }
        return found
    }
}
