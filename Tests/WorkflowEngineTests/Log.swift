import Synchronization

/// What happened, in order, from anywhere.
final class Log: Sendable {
    private let entries = Mutex<[String]>([])

    func add(_ text: String) { entries.withLock { $0.append(text) } }

    var texts: [String] { entries.withLock { $0 } }
}
