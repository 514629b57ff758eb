import AccessModel
import Lifecycle
import Persistence
import WorkflowEngine

extension WorkNode {
    /// Works until its task is cancelled. What is in hand then is finished or handed back: no lease is left to run out.
    ///
    /// - Parameter report: What each round came to.
    public func work(
        _ settings: Installation.WatchSettings, report: @escaping @Sendable (Installation.WatchRound) -> Void
    ) async {
        let listener = ChangeListener()
        var rounds = LeaderRounds(settings, installation.clock)
        var assistance = Assistance()
        while !Task.isCancelled {
            var next = installation.clock.now() + .seconds(1)
            do {
                try await bell.answering {
                    if isLeading {
                        next = min(next, try await lead(&rounds, listener, report))
                    } else if rounds.hasBegun {
                        // Another one leads: what was known here is old when it is this one's turn again.
                        await listener.stop()
                        rounds = LeaderRounds(settings, installation.clock)
                    }
                    if let summary = try await assistance.help(installation, workers: workers) {
                        report(.helped(summary))
                        rounds.lookAtEverything()
                        next = installation.clock.now()
                    }
                }
            } catch is CancellationError {
                break
            } catch {
                guard !Task.isCancelled else { break }
                report(.failed(error))
                rounds.putOff(by: .seconds(10))
            }
            do {
                try await rest(until: next, rounds.seen)
            } catch {
                break
            }
        }
        await assistance.stop()
        await listener.stop()
    }

    private func lead(
        _ rounds: inout LeaderRounds, _ listener: ChangeListener,
        _ report: @escaping @Sendable (Installation.WatchRound) -> Void
    ) async throws -> Instant {
        var current = try await installation.renewed()
        current = current.sharing(among: workers)
        try await listen(current, listener, report)
        if await listener.takeStir() { rounds.stir() }
        try await rounds.go(current, report)
        return min(try await installation.nextEdge() ?? rounds.next, rounds.next)
    }

    private func listen(
        _ current: Installation, _ listener: ChangeListener,
        _ report: @escaping @Sendable (Installation.WatchRound) -> Void
    ) async throws {
        guard let definitions = try await current.definitionsInForce() else { return }
        let reconciler = try await current.reconcilerInForce()
        await listener.listen(to: definitions.revision) {
            reconciler.connect(definitions.organization)
        } report: {
            report(.failed($0))
        }
    }

    /// How often a process looks for what others did.
    private static let poll = Duration.milliseconds(200)

    /// Until a moment, until the bell rings, or until another process has decided or opened something.
    private func rest(until moment: Instant, _ seen: SettingsStore.Changes?) async throws {
        try Task.checkCancellation()
        while true {
            let left = Duration.milliseconds(max(0, (moment - installation.clock.now()).milliseconds))
            guard left > .zero else { return }
            let begun = ContinuousClock.now
            try await bell.wait(for: isShared ? min(left, Self.poll) : left)
            guard isShared, left > Self.poll, ContinuousClock.now - begun >= Self.poll else { return }
            // Who does not lead looks for steps each time; who leads, for changes of what it decides on.
            guard isLeading else { return }
            do {
                if try await installation.changes() != seen { return }
            } catch let error as CancellationError {
                throw error
            } catch {
                // The next round says what is wrong with the database.
                return
            }
        }
    }
}

extension Installation {
    /// The same as one of several processes that work on the targets at once.
    func sharing(among workers: Int) -> Installation {
        var context = context
        context.workers = workers
        return with(context)
    }
}
