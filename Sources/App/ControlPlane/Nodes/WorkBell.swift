import Synchronization

/// Wakes the work of a process: something was taken in, or decided, that it need not wait for the next look for.
public final class WorkBell: Sendable {
    private struct State {
        var isRung = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    public init() {}

    /// Never waits. What is rung while nobody sleeps wakes the next one at once.
    public func ring() {
        let sleeper = state.withLock { state in
            defer { state.sleeper = nil }
            if state.sleeper == nil { state.isRung = true }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Waits until it rings, for no longer than `duration`. One may wait at a time.
    ///
    /// - Throws: `CancellationError`.
    func wait(for duration: Duration) async throws {
        let alarm = Task {
            try await Task.sleep(for: duration)
            ring()
        }
        defer { alarm.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { sleeper in
                let isOver = state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.sleeper = sleeper
                    return false
                }
                if isOver { sleeper.resume() }
            }
        } onCancel: {
            ring()
        }
        try Task.checkCancellation()
    }
}
