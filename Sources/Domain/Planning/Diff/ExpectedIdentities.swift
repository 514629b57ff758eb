import AccessModel

/// Numbers the identities that a target shows, one after the other.
///
/// Nearly always a target shows what should hold, and in a steady order. So the one who is wanted next is looked at
/// before anybody is searched for: two texts are compared, and nothing is hashed.
struct ExpectedIdentities {
    private let state: DesiredState
    private let wanted: [UInt64]
    /// Those wanted of the group whose members come now.
    private var range = 0..<0
    private var next = 0

    init(_ state: DesiredState, _ wanted: [UInt64]) {
        self.state = state
        self.wanted = wanted
    }

    /// From here on members of that group come; nil for one of which nobody is wanted.
    mutating func expect(group: UInt32?) {
        guard let group else {
            (range, next) = (0..<0, 0)
            return
        }
        // Groups come in their order too.
        let isNext = range.upperBound < wanted.count && wanted[range.upperBound].high == group
        let start = isNext ? range.upperBound : wanted.partitioningIndex { $0 >= packed(group, 0) }
        let end = wanted[start...].partitioningIndex { $0.high > group }
        range = start..<end
        next = start
    }

    /// Whether a fact is the account, or the membership in the `group` whose members come now, of who is wanted next;
    /// that one's number. It reads the fact where it stands: copying a fact costs more than all else about it.
    mutating func next(_ fact: UnsafePointer<Fact>, in group: String?) -> UInt32? {
        guard next < range.upperBound else { return nil }
        let number = wanted[next].low
        guard state.isPerson(number), Self.is(fact, of: state.input.roster.ids[Int(number)], in: group) else {
            return nil
        }
        next += 1
        return number
    }

    private static func `is`(_ fact: UnsafePointer<Fact>, of person: PersonID, in group: String?) -> Bool {
        switch fact.pointee {
        case .account(let account):
            if case .person(let id) = account.identity { return group == nil && id == person }
        case .membership(let membership):
            if case .person(let id) = membership.identity { return membership.group == group && id == person }
        default: break
        }
        return false
    }

    /// ``DesiredState/number(of:)``.
    mutating func number(of identity: IdentityID) -> UInt32? {
        guard case .person(let id) = identity else { return state.number(of: identity) }
        // One is missing now and then.
        for place in next..<min(next + 2, range.upperBound) {
            let number = wanted[place].low
            if state.isPerson(number), state.input.roster.ids[Int(number)] == id {
                next = place + 1
                return number
            }
        }
        guard let number = state.input.roster.index(of: id).map(UInt32.init) else { return nil }
        let place = wanted[range].partitioningIndex { $0.low >= number }
        if place < range.upperBound, wanted[place].low == number { next = place + 1 }
        return number
    }
}
