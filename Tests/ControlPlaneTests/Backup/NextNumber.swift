import Synchronization

/// Numbers, each once.
final class NextNumber: Sendable {
    private let last = Mutex(0)

    func next() -> Int {
        last.withLock { last in
            last += 1
            return last
        }
    }
}
