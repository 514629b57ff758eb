import Synchronization

/// Wakes one who waits; what rings while nobody waits is not forgotten.
public final class Bell: Sendable {
    private struct State {
        var isRung = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    public init() {}

    public func ring() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiting = state.waiting else {
                state.isRung = true
                return nil
            }
            state.waiting = nil
            return waiting
        }
        waiting?.resume()
    }

    /// Until it rings, the task is cancelled or the time is over. One at a time.
    func wait(atMost limit: Duration) async {
        let timer = Task {
            do {
                try await Task.sleep(for: limit)
            } catch {
                return
            }
            ring()
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let wasRung = state.withLock { state in
                    guard !state.isRung else {
                        state.isRung = false
                        return true
                    }
                    state.waiting = continuation
                    return false
                }
                if wasRung { continuation.resume() }
            }
        } onCancel: {
            ring()
        }
        timer.cancel()
    }
}
