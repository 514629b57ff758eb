import Lifecycle
import Synchronization

/// Definitions that were read lately, by the revision that names their content: they are read and compiled once, and not
/// for every request.
final class DefinitionCache: Sendable {
    private struct Entry {
        let revision: String
        let definitions: DefinitionSet
    }

    /// Those in force, and a few of before that somebody asks about.
    private static let kept = 4

    private let known = Mutex<[Entry]>([])

    subscript(revision: String) -> DefinitionSet? {
        known.withLock { known in known.first { $0.revision == revision }?.definitions }
    }

    func keep(_ definitions: DefinitionSet, as revision: String) {
        known.withLock { known in
            known.removeAll { $0.revision == revision }
            known.insert(Entry(revision: revision, definitions: definitions), at: 0)
            known = Array(known.prefix(Self.kept))
        }
    }
}
