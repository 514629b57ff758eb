/// What something is granted on, by its name as the server quotes it.
struct GrantObject: Hashable, Comparable, Sendable, CustomStringConvertible {
    enum Kind: String, Sendable {
        case schema, table, sequence
        /// What an owner will make: `shop`'s tables of `shop_owner`.
        case futureTables = "future-tables"
        case futureSequences = "future-sequences"
    }

    let kind: Kind
    /// `shop.cards`, `"Odd Name"`; empty for the future objects of all schemas.
    let name: String
    /// Of future objects: who makes them.
    let owner: String?

    init(_ kind: Kind, _ name: String, owner: String? = nil) {
        self.kind = kind
        self.name = name
        self.owner = owner
    }

    /// As the scope of a role assignment that the definitions do not know: `table shop.cards`.
    var description: String {
        let place = [kind.rawValue, name].filter { !$0.isEmpty }.joined(separator: " ")
        return owner.map { "\(place) of \($0)" } ?? place
    }

    static func < (left: GrantObject, right: GrantObject) -> Bool { left.description < right.description }
}

/// Privileges, in the server's words, by what they are on.
typealias Grants = [GrantObject: Set<String>]

extension Grants {
    mutating func add(_ privileges: Set<String>, on object: GrantObject) {
        if !privileges.isEmpty { self[object, default: []].formUnion(privileges) }
    }

    mutating func add(_ other: Grants) {
        for (object, privileges) in other { add(privileges, on: object) }
    }

    /// What is here and not in `other`.
    func without(_ other: Grants) -> Grants {
        var rest: Grants = [:]
        for (object, privileges) in self { rest.add(privileges.subtracting(other[object] ?? []), on: object) }
        return rest
    }

    /// What is in both.
    func common(with other: Grants) -> Grants {
        var both: Grants = [:]
        for (object, privileges) in self { both.add(privileges.intersection(other[object] ?? []), on: object) }
        return both
    }
}
