import AccessModel
import Definitions

/// Recorded bindings by person: which entries were applied for somebody, whatever address they bear now.
struct BindingIndex: Sendable {
    private let people: [PersonID]
    private let keys: [RecordedState.EntryKey]
    /// Numbers of both, by person.
    private let byPerson: NumberTable
    /// Of people whose entries were recorded or forgotten since.
    private var later: [PersonID: [RecordedState.EntryKey]] = [:]

    init(_ bindings: [RecordedState.EntryKey: RecordedState.Binding]) {
        var people: [PersonID] = []
        var keys: [RecordedState.EntryKey] = []
        var byPerson = NumberTable(capacity: bindings.count)
        people.reserveCapacity(bindings.count)
        keys.reserveCapacity(bindings.count)
        for (key, binding) in bindings {
            byPerson.insert(UInt32(keys.count), hash: binding.person.hashValue)
            people.append(binding.person)
            keys.append(key)
        }
        self.people = people
        self.keys = keys
        self.byPerson = byPerson
    }

    /// Sorted.
    subscript(person: PersonID) -> [RecordedState.EntryKey] {
        if let known = later[person] { return known.sorted() }
        var found: [RecordedState.EntryKey] = []
        byPerson.visit(hash: person.hashValue) { number in
            if people[Int(number)] == person { found.append(keys[Int(number)]) }
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
