/// A place between two durable effects. A process can die at any of them, and another one finishes its work.
public enum DurableBoundary: String, Sendable, CaseIterable {
    case beforeOpen = "before_open"
    case afterOpen = "after_open"
    case beforeClaim = "before_claim"
    case afterClaim = "after_claim"
    case beforeApply = "before_apply"
    case afterApply = "after_apply"
    case beforeReadBack = "before_read_back"
    case afterReadBack = "after_read_back"
    case beforeResults = "before_results"
    case afterResults = "after_results"
}

/// Called at every ``DurableBoundary``. One that throws stops the run right there, as if the process had died; one that
/// waits is a worker that was paused. Tests hand it in.
public typealias CrashPoint = @Sendable (DurableBoundary) async throws -> Void
