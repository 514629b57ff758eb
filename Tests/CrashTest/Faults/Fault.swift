/// One thing that goes wrong in one process: what, at which of its steps.
struct Fault: Hashable, Sendable, CustomStringConvertible {
    enum Action: String, Sendable, CaseIterable {
        /// SIGKILL instead of the step.
        case killBefore = "kill-before"
        /// SIGKILL as soon as the step is done, before anything follows.
        case killAfter = "kill-after"
        /// The process pauses after the step, for longer than its lease; another one takes its work over.
        case stopAfter = "stop-after"
        /// The step fails once.
        case ioError = "eio"
        /// The step and all after it fail: the disk is full.
        case diskFull = "enospc"

        var isDeadly: Bool { self == .killBefore || self == .killAfter }
    }

    /// Kinds of steps, as `Tests/CrashFaults` counts them.
    enum Step: String, Sendable {
        case durable, send, write, unlock
    }

    let action: Action
    let step: Step
    /// From 1.
    let number: Int

    /// As the preloaded library reads it.
    var description: String { "\(action.rawValue):\(step.rawValue):\(number)" }
}

/// A row of faults at the Nth step, N growing until a run has no such step any more.
struct FaultSeries: Hashable, Sendable {
    let actions: [Fault.Action]
    let step: Fault.Step
    /// From one N to the next.
    var stride = 1

    /// With several actions they take turns.
    func fault(_ place: Int) -> Fault {
        let number = 1 + place * stride
        return Fault(action: actions[place % actions.count], step: step, number: number)
    }
}
