import AccessModel
import Lifecycle
import Persistence

extension Installation {
    /// How a watch goes about.
    public struct WatchSettings: Sendable {
        /// How often everything is looked at, whether something is due or not.
        public var interval: Span
        /// How long one round waits for targets that asked to be tried again later.
        public var patience: Span
        /// How long after a look the next one is, at the least, when a target says that something changed: what Tenure
        /// itself has just changed is among it.
        public var pause: Span

        public init(interval: Span = .minutes(15), patience: Span = .seconds(5), pause: Span = .seconds(2)) {
            self.interval = interval
            self.patience = patience
            self.pause = pause
        }
    }

    /// What one round came to.
    public enum WatchRound: Sendable {
        case ended(Reconciler.Sweep)
        case applied(Applied)
        /// It could not be done; the next one tries again.
        case failed(any Error)
    }

    /// Works until its task is cancelled: what falls due to the second, everything at least once an interval, whenever a
    /// target says that something changed there, and whatever others have decided or taken in meanwhile.
    public func watch(_ settings: WatchSettings, report: @escaping @Sendable (WatchRound) -> Void) async throws {
        let listener = ChangeListener()
        do {
            try await watch(settings, listener, report)
        } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
    }

    private func watch(
        _ settings: WatchSettings, _ listener: ChangeListener, _ report: @escaping @Sendable (WatchRound) -> Void
    ) async throws {
        var state = WatchState(nextRound: now)
        while !Task.isCancelled {
            let current = try await renewed()
            do {
                try await current.listen(listener, report)
                if await listener.takeStir() { state.isStirred = true }
                try await current.round(settings, &state, report)
            } catch is CancellationError {
                return
            } catch {
                report(.failed(error))
                state.nextRound = max(state.nextRound, clock.now() + .seconds(10))
                state.restUntil = clock.now() + .seconds(10)
            }
            let next = min(try await nextEdge() ?? state.nextRound, state.nextRound, clock.now() + .seconds(1))
            do {
                try await clock.sleep(until: next)
            } catch {
                return
            }
        }
    }

    private struct WatchState {
        var nextRound: Instant
        /// What had been decided when everything was last looked at.
        var generation: Int64?
        /// Whether a target said that something changed since.
        var isStirred = false
        /// Not before this is that looked at.
        var restUntil: Instant?
    }

    private func listen(
        _ listener: ChangeListener, _ report: @escaping @Sendable (WatchRound) -> Void
    ) async throws {
        guard let definitions = try await definitionsInForce() else { return }
        let reconciler = try await reconcilerInForce()
        await listener.listen(to: definitions.revision) {
            reconciler.connect(definitions.organization)
        } report: {
            report(.failed($0))
        }
    }

    private func round(
        _ settings: WatchSettings, _ state: inout WatchState, _ report: @escaping @Sendable (WatchRound) -> Void
    ) async throws {
        if let sweep = try await endOverdue() {
            report(.ended(sweep))
            state.generation = try await generation()
        }
        guard try await definitionsInForce() != nil else { return }
        let generation = try await generation()
        let isStirred = state.isStirred && now >= state.restUntil ?? now
        if now >= state.nextRound || generation != state.generation || isStirred {
            let applied = try await apply(try await surveyInForce(), patience: settings.patience) { _, _ in }
            state.nextRound = nextRound(after: applied, settings)
            state.restUntil = clock.now() + settings.pause
            state.isStirred = false
            report(.applied(applied))
        } else {
            let beginning = try await beginning()
            guard !beginning.isEmpty else { return }
            for person in beginning {
                report(.applied(try await carryOut(for: person, patience: settings.patience)))
            }
        }
        state.generation = try await self.generation()
        _ = try await checkpoint()
    }

    private func nextRound(after applied: Applied, _ settings: WatchSettings) -> Instant {
        let usual = clock.now() + settings.interval
        let planned = applied.surveyed.survey.outcome.nextChange ?? usual
        let retry = applied.outcome.summary.waitingUntil ?? usual
        return min(usual, max(min(planned, retry), clock.now() + .seconds(1)))
    }

    private func generation() async throws -> Int64 {
        try await database.read { session in try SettingsStore(session).generation() }
    }

    /// When a window next begins or ends, or a request expires.
    private func nextEdge() async throws -> Instant? {
        let now = clock.now()
        return try await database.read { session in
            let edges = [try WindowStore(session).nextEdge(after: now), try RequestStore(session).nextExpiry()]
            return edges.compactMap(\.self).min()
        }
    }

    /// Whose windows have begun and are not on their way.
    private func beginning() async throws -> [PersonID] {
        let time = context
        return try await database.read { session in
            Set(
                try WindowStore(session).unsettled().lazy.filter { $0.state == .scheduled && $0.isLive(at: time) }
                    .map(\.person)
            ).sorted()
        }
    }
}
