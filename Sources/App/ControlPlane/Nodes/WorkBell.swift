import Synchronization
import Traces
import Tracing

/// Wakes the work of a process: something was taken in, or decided, that it need not wait for the next look for.
public final class WorkBell: Sendable {
    private struct State {
        var isRung = false
        var sleeper: CheckedContinuation<Void, Never>?
        /// Of who rang since somebody asked, one for each trace.
        var causes: [InstrumentationContext] = []
    }

    /// More traces at once are as good as none.
    private static let maximumCauses = 16

    private let state = Mutex(State())

    public init() {}

    /// Never waits. What is rung while nobody sleeps wakes the next one at once.
    public func ring() {
        let cause = InstrumentationContext.current
        let sleeper = state.withLock { state in
            defer { state.sleeper = nil }
            if let cause, let place = cause.place, state.causes.count < Self.maximumCauses,
                !state.causes.contains(where: { $0.place?.trace == place.trace })
            {
                state.causes.append(cause)
            }
            if state.sleeper == nil { state.isRung = true }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Runs `body` as a part of the trace by which it was rung since the last time; where there were several, in a trace of
    /// its own that names them.
    func answering<Value>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
    ) async rethrows -> Value {
        let causes = state.withLock { state in
            defer { state.causes = [] }
            return state.causes
        }
        switch causes.count {
        case 0: return try await body()
        case 1: return try await InstrumentationContext.withValue(causes[0], operation: body)
        default:
            return try await withSpan("work", context: .topLevel) { span in
                for cause in causes { span.addLink(SpanLink(context: cause, attributes: [:])) }
                return try await body()
            }
        }
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
