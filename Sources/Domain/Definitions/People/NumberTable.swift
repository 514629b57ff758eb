/// Finds elements of an array by something that they hold: an open-addressing table of their numbers, some eight bytes
/// an element, where a dictionary would keep the keys a second time.
///
/// Who asks hands in the hash and says whether a number is meant; so one table serves several kinds of key, and several
/// elements may have one key.
public struct NumberTable: Sendable {
    @usableFromInline var places: [UInt32]
    @usableFromInline let mask: Int

    @inlinable static var empty: UInt32 { .max }

    /// How many may be inserted.
    public var capacity: Int { places.count * 2 / 3 }

    /// `capacity` is how many will be inserted at most.
    public init(capacity: Int) {
        var size = 8
        while size < capacity * 3 / 2 { size *= 2 }
        places = Array(repeating: Self.empty, count: size)
        mask = size - 1
    }

    @inlinable public mutating func insert(_ number: UInt32, hash: Int) {
        var place = hash & mask
        while places[place] != Self.empty { place = (place + 1) & mask }
        places[place] = number
    }

    /// The first inserted number of that hash for which `isMeant` holds.
    @inlinable public func first(hash: Int, where isMeant: (UInt32) -> Bool) -> UInt32? {
        var found: UInt32?
        visit(hash: hash) { number in
            guard isMeant(number) else { return true }
            found = number
            return false
        }
        return found
    }

    /// Hands out the numbers that may have that hash, in the order of their insertion, until `body` returns false.
    @inlinable public func visit(hash: Int, _ body: (UInt32) -> Bool) {
        var place = hash & mask
        while places[place] != Self.empty {
            guard body(places[place]) else { return }
            place = (place + 1) & mask
        }
    }
}
