import AccessModel
import Synchronization

/// Changes of steps that were written and not claimed yet, by the very text that is stored: whoever claims a step that
/// this process has opened need not parse it. What it holds can be stale, never wrong.
final class ChangeCache: Sendable {
    /// Beyond it, what was kept so far is forgotten: nobody claims it here.
    private static let limit = 16_384

    private let changes = Mutex<[String: Change]>([:])

    func keep(_ change: Change, as text: String) {
        changes.withLock { changes in
            if changes.count >= Self.limit { changes.removeAll() }
            changes[text] = change
        }
    }

    /// The change of this text, which is forgotten then: a step is claimed once, as a rule.
    func take(_ text: String) throws(WorkflowError) -> Change {
        if let change = changes.withLock({ $0.removeValue(forKey: text) }) { return change }
        return try StoredJSON.change(text)
    }
}
