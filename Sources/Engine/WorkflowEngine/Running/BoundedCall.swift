import AccessModel
import ConnectorKit
import Synchronization

/// A call to a target that does not last for ever, even where the connector ignores that it was cancelled.
enum BoundedCall {
    /// The answer, or `unreachable` when the deadline came first; after it the call begins no request any more.
    static func run<Value: Sendable>(
        _ operation: String, until deadline: Instant, clock: any WorkflowClock,
        _ body: @escaping @Sendable () async -> Result<Value, ConnectorError>
    ) async -> Result<Value, ConnectorError> {
        let answer = FirstAnswer<Result<Value, ConnectorError>>()
        let call = Task {
            await CallDeadline.$current.withValue(CallDeadline(deadline, now: clock.now)) { answer.give(await body()) }
        }
        let bound = Task {
            do {
                try await clock.expire(at: deadline)
            } catch {
                return
            }
            answer.give(
                .failure(
                    ConnectorError(code: .unreachable, operation: operation, message: "no answer until \(deadline)")))
        }
        let result = await answer.value()
        bound.cancel()
        call.cancel()
        return result
    }
}

/// Keeps the first of several answers.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Value, Never>)
        case given(Value)
        case over
    }

    private let state = Mutex(State.open)

    func give(_ value: Value) {
        let waiting: CheckedContinuation<Value, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .given(value)
                return nil
            case .awaited(let continuation):
                state = .over
                return continuation
            case .given, .over: return nil
            }
        }
        waiting?.resume(returning: value)
    }

    func value() async -> Value {
        await withCheckedContinuation { continuation in
            let given: Value? = state.withLock { state in
                if case .given(let value) = state {
                    state = .over
                    return value
                }
                state = .awaited(continuation)
                return nil
            }
            if let given { continuation.resume(returning: given) }
        }
    }
}
