import AccessModel
import Lifecycle
import Persistence
import WorkflowEngine

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
        /// Steps were carried out that another process opened, or that were left.
        case helped(RunSummary)
        /// It could not be done; the next one tries again.
        case failed(any Error)
    }

    /// Works until its task is cancelled: what falls due to the second, everything at least once an interval, whenever a
    /// target says that something changed there, and whatever others have decided or taken in meanwhile. Where other
    /// processes do so on the same database it shares the work with them.
    public func watch(_ settings: WatchSettings, report: @escaping @Sendable (WatchRound) -> Void) async throws {
        let node = try await WorkNode.join(self)
        let presence = Task { await node.stay { _ in } }
        await node.work(settings, report: report)
        presence.cancel()
        await presence.value
        await node.leave()
    }

    func changes() async throws -> SettingsStore.Changes {
        try await database.read { session in try SettingsStore(session).changes() }
    }

    /// When a window next begins or ends, or a request expires.
    func nextEdge() async throws -> Instant? {
        let now = clock.now()
        return try await database.read { session in
            let edges = [try WindowStore(session).nextEdge(after: now), try RequestStore(session).nextExpiry()]
            return edges.compactMap(\.self).min()
        }
    }

    /// Whose windows have begun and are not on their way.
    func beginning() async throws -> [PersonID] {
        let time = context
        return try await database.read { session in
            Set(
                try WindowStore(session).unsettled().lazy.filter { $0.state == .scheduled && $0.isLive(at: time) }
                    .map(\.person)
            ).sorted()
        }
    }
}
