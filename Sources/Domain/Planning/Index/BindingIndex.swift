import AccessModel
import Definitions

/// Recorded bindings by person: which entries were applied for somebody, whatever address they bear now.
struct BindingIndex: Sendable {
    private let lists: [BoundList]
    /// How many bindings stand in the lists before each.
    private let starts: [Int]
    /// Numbers of bindings, list after list, by person.
    private let byPerson: NumberTable
    /// Of people whose entries were recorded or forgotten since.
    private var later: [PersonID: [RecordedState.EntryKey]] = [:]

    init(_ bindings: RecordedState.Bindings) {
        lists = bindings.lists
        var starts: [Int] = []
        var byPerson = NumberTable(capacity: bindings.count)
        var number = 0
        for list in bindings.lists {
            starts.append(number)
            for binding in list.bindings {
                byPerson.insert(UInt32(number), hash: binding.person.hashValue)
                number += 1
            }
        }
        self.starts = starts
        self.byPerson = byPerson
    }

    /// Sorted.
    subscript(person: PersonID) -> [RecordedState.EntryKey] { keys(of: person, in: nil) }

    /// Those of one tenant or core sector, or of all; sorted.
    func keys(of person: PersonID, in tenant: Slug?) -> [RecordedState.EntryKey] {
        if let known = later[person] { return known.filter { tenant == nil || $0.tenant == tenant }.sorted() }
        var found: [RecordedState.EntryKey] = []
        byPerson.visit(hash: person.hashValue) { number in
            let list = starts.partitioningIndex { $0 > Int(number) } - 1
            let place = Int(number) - starts[list]
            if lists[list].bindings[place].person == person, tenant == nil || lists[list].tenant == tenant {
                found.append(lists[list].key(at: place))
            }
            return true
        }
        return found.sorted()
    }

    /// As it is once the upkeep is recorded; costs by the upkeep alone. `recorded` is what was recorded before.
    func applying(_ upkeep: Upkeep, to recorded: RecordedState) -> BindingIndex {
        var index = self
        for key in upkeep.bindingsToForget {
            guard let person = recorded.bindings[key]?.person else { continue }
            index.later[person] = index[person].filter { $0 != key }
        }
        for (key, binding) in upkeep.bindingsToRecord { index.later[binding.person] = index[binding.person] + [key] }
        return index
    }
}
