import AccessModel

/// What happens to a step, for who looks on: a log, a measurement. It is told after it is written down, changes nothing, and is
/// no record: a process that dies in between has not told it.
public struct StepNews: Sendable {
    public let step: StepReference
    public let change: Change
    /// From 1.
    public let attempt: Int
    /// ``StepState/running`` as its target is about to be told; then what came of it.
    public let state: StepState
    /// What went wrong; nil if nothing did.
    public let problem: String?

    /// What HR's events are behind it, by their ids.
    public var events: [String] {
        change.causes.compactMap { cause in
            if case .event(_, let id, _) = cause { id } else { nil }
        }
    }
}

/// Told of steps by whoever works on them. It may not wait.
public typealias StepObserver = @Sendable (StepNews) -> Void
