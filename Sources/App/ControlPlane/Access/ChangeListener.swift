import AccessModel
import ConnectorKit
import Lifecycle

/// Hears of changes in the targets that tell of them. It remembers that there was one, not which.
actor ChangeListener {
    private var isStirred = false
    private var listening: Task<Void, Never>?
    private var revision: String?

    /// Whether something changed since it was last asked.
    func takeStir() -> Bool {
        defer { isStirred = false }
        return isStirred
    }

    private func stir() { isStirred = true }

    /// Listens to the targets of a revision of the definitions; nothing where it does so already.
    ///
    /// - Parameter report: Told once when a target can no longer be heard.
    func listen(
        to revision: String, connect: () -> [ConnectedTarget], report: @escaping @Sendable (any Error) -> Void
    ) {
        guard revision != self.revision else { return }
        self.revision = revision
        listening?.cancel()
        let targets = connect()
        let stir: @Sendable () async -> Void = { [weak self] in await self?.stir() }
        listening = Task {
            await withTaskGroup(of: Void.self) { group in
                for target in targets {
                    guard case .success(let connector) = target.connector, let feed = connector as? any ChangeFeed
                    else { continue }
                    group.addTask { await Self.follow(feed, stir: stir, report) }
                }
            }
            for target in targets { await target.close() }
        }
    }

    func stop() async {
        listening?.cancel()
        await listening?.value
        listening = nil
    }

    private static let longestPause = Duration.seconds(60)

    /// From feed to feed, until it is cancelled.
    private static func follow(
        _ feed: any ChangeFeed, stir: @escaping @Sendable () async -> Void, _ report: @Sendable (any Error) -> Void
    ) async {
        var pause = Duration.seconds(1)
        while !Task.isCancelled {
            let (events, heard) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            let passing = Task { for await _ in events { await stir() } }
            let began = ContinuousClock.now
            do throws(ConnectorError) {
                try await feed.changes { heard.yield() }
            } catch {
                if !Task.isCancelled, pause == .seconds(1) { report(error) }
            }
            heard.finish()
            await passing.value
            let lived = ContinuousClock.now - began
            // One that went well for a while begins anew at once, and may have missed something.
            pause = lived > longestPause ? .seconds(1) : min(pause * 2, longestPause)
            do {
                try await Task.sleep(for: pause)
            } catch {
                return
            }
            if lived > .seconds(5) { await stir() }
        }
    }
}
