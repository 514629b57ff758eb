import AccessModel
import Definitions

/// One name in one list.
struct IndexedEntry: Sendable {
    enum List: Hashable, Sendable {
        case admins, contributors, readers
        /// Of a core group; its index.
        case core(group: UInt32)
    }

    let email: EmailAddress
    let place: SourceLocation
    let unit: UInt32
    let list: List
}

/// All names in all lists, numbered by unit and list, as written. The names themselves stay where the organisation has
/// them: a large one lists millions.
struct IndexedEntries: Sendable {
    struct List: Sendable {
        let unit: UInt32
        let kind: IndexedEntry.List
        /// The number of its first name.
        let first: Int
        let people: [ListedPerson]
    }

    private(set) var lists: [List] = []
    private(set) var count = 0

    var indices: Range<Int> { 0..<count }

    mutating func append(_ people: [ListedPerson], unit: UInt32, list: IndexedEntry.List) {
        guard !people.isEmpty else { return }
        lists.append(List(unit: unit, kind: list, first: count, people: people))
        count += people.count
    }

    subscript(number: Int) -> IndexedEntry {
        let list = list(of: number)
        let person = lists[list].people[number - lists[list].first]
        return IndexedEntry(email: person.email, place: person.place, unit: lists[list].unit, list: lists[list].kind)
    }

    func email(_ number: Int) -> EmailAddress {
        let list = list(of: number)
        return lists[list].people[number - lists[list].first].email
    }

    func unit(_ number: Int) -> UInt32 { lists[list(of: number)].unit }

    private func list(of number: Int) -> Int { lists.partitioningIndex { $0.first > number } - 1 }
}
