/// Waves whose steps were sent and are still to be read back and written down, the oldest first; one at a time.
struct UnfinishedWaves {
    var waiting: [Wave.Told] = []
    var isAtWork = false

    var isEmpty: Bool { waiting.isEmpty && !isAtWork }

    /// The next to finish; nil while one is at it, and while no more than so many steps wait.
    mutating func next(keeping steps: Int) -> Wave.Told? {
        guard !isAtWork, let first = waiting.first, waiting.reduce(0, { $0 + $1.count }) > steps else { return nil }
        isAtWork = true
        waiting.removeFirst()
        return first
    }
}
