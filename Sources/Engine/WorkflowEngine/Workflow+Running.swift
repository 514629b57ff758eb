import AccessModel

/// Opens a part of the cases that are to be opened, and begins as much of it as there is room for.
public typealias WorkOpening = @Sendable (WorkRoom) async throws -> OpenedPortion

extension Workflow {
    /// Runs everything that is due, waits for what becomes due within `budget`, and returns once nothing is left to do
    /// by then. Takes over what dead workers left, reading back before sending again.
    ///
    /// Throws only what the database or a ``CrashPoint`` throws, and `CancellationError`; a target's failures are in
    /// the summary. Whatever was done until then stands, and the next run goes on from there.
    ///
    /// - Parameters:
    ///   - opening: Opens cases, one call after another, while what they revoke is already revoked; until it is done,
    ///     nothing is given. What it throws, the run throws.
    ///   - progress: Called after each wave, one call after another.
    public func runUntilQuiescent(
        budget: Span, opening: WorkOpening? = nil, progress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws -> RunSummary {
        let run = QuiescentRun(
            world: world, deadline: world.clock.now() + budget, opening: opening, progress: progress)
        return try await run.run()
    }

    /// Goes on with what a process that died left: the same as a run.
    public func resume(
        budget: Span, progress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws -> RunSummary {
        try await runUntilQuiescent(budget: budget, progress: progress)
    }

    /// Works until the task is cancelled, looking for new work at least every `pollInterval`.
    public func serve() async throws {
        while !Task.isCancelled {
            _ = try await runUntilQuiescent(budget: world.settings.pollInterval)
            try await world.clock.sleep(until: world.clock.now() + world.settings.pollInterval)
        }
    }
}
