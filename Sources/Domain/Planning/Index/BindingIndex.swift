import AccessModel

/// Recorded bindings by person: which entries were applied for somebody, whatever address they bear now.
struct BindingIndex: Sendable {
    private let keys: [PersonID: [RecordedState.EntryKey]]

    init(_ bindings: [RecordedState.EntryKey: RecordedState.Binding]) {
        var keys: [PersonID: [RecordedState.EntryKey]] = [:]
        for (key, binding) in bindings { keys[binding.person, default: []].append(key) }
        self.keys = keys
    }

    subscript(person: PersonID) -> [RecordedState.EntryKey] { (keys[person] ?? []).sorted() }
}
