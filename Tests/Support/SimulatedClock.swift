import AccessModel
import Synchronization

/// A clock that moves only when it is told to, or when somebody has nothing else to do but to sleep.
public final class SimulatedClock: Sendable {
    private struct Waiter {
        let id: Int
        let moment: Instant
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var now: Instant
        var nextID = 0
        var waiters: [Waiter] = []
        var slept: [Instant] = []
    }

    private let state: Mutex<State>
    private let pause: Duration

    /// - Parameter pause: What a sleep takes of real time: so that others, who do not sleep, are not left hours behind.
    public init(_ start: Instant = Instant(milliseconds: 1_763_700_000_000), pause: Duration = .zero) {
        state = Mutex(State(now: start))
        self.pause = pause
    }

    public func now() -> Instant { state.withLock(\.now) }

    /// The moments that somebody slept until, in order.
    public var slept: [Instant] { state.withLock(\.slept) }

    /// Time passes at once: whoever sleeps has nothing else to do.
    public func sleep(until moment: Instant) async throws {
        try Task.checkCancellation()
        state.withLock { $0.slept.append(moment) }
        if pause > .zero { try await Task.sleep(for: pause) }
        set(moment)
        await Task.yield()
    }

    /// Returns once time has been moved so far by somebody else.
    public func expire(at moment: Instant) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let hasCome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if moment <= state.now { return true }
                    state.waiters.append(Waiter(id: id, moment: moment, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: false)
        }
        guard hasCome else { throw CancellationError() }
    }

    public func advance(by span: Span) { set(now() + span) }

    /// Never backwards.
    private func set(_ moment: Instant) {
        let due = state.withLock { state in
            state.now = max(state.now, moment)
            let due = state.waiters.filter { $0.moment <= state.now }
            state.waiters.removeAll { $0.moment <= state.now }
            return due
        }
        for waiter in due { waiter.continuation.resume(returning: true) }
    }
}
