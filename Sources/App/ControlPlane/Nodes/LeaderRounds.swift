import AccessModel
import Lifecycle
import Persistence
import Tracing

import struct AccessModel.Span

/// What whoever leads does, round after round: ends what is over, and makes hold what should.
struct LeaderRounds {
    private let settings: Installation.WatchSettings
    private let clock: InstallationClock
    /// When everything is looked at next, whether something changed or not.
    private(set) var next: Instant
    /// What had changed when everything was last looked at.
    private(set) var seen: SettingsStore.Changes?
    /// Whether a target said that something changed since.
    private var isStirred = false
    /// Not before this is that looked at.
    private var restUntil: Instant?
    /// Since when leavers are looked for by themselves.
    private var leaversSince: Instant
    /// Leavers that were seen to, each with when they were last heard of.
    private var seenTo: [PersonID: Instant] = [:]

    init(_ settings: Installation.WatchSettings, _ clock: InstallationClock) {
        self.settings = settings
        self.clock = clock
        next = clock.now()
        leaversSince = next
    }

    var hasBegun: Bool { seen != nil }

    mutating func stir() { isStirred = true }

    mutating func lookAtEverything() { next = min(next, clock.now()) }

    /// After something went wrong.
    mutating func putOff(by span: Span) {
        next = max(next, clock.now() + span)
        restUntil = clock.now() + span
    }

    mutating func go(
        _ installation: Installation, _ report: @escaping @Sendable (Installation.WatchRound) -> Void
    ) async throws {
        if let sweep = try await installation.endOverdue() {
            report(.ended(sweep))
            // What was decided is this round's; what was heard meanwhile is not seen to yet.
            if let before = seen {
                seen = SettingsStore.Changes(
                    decided: try await installation.changes().decided, told: before.told)
            }
        }
        guard try await installation.definitionsInForce() != nil else {
            // A round that is due and cannot be done would be due at once again, and each look at the time is a commit.
            next = clock.now() + .seconds(1)
            return
        }
        try await seeToLeavers(installation, report)
        let before = try await installation.changes()
        let isDue = isStirred && (restUntil.map { clock.now() >= $0 } ?? true)
        if clock.now() >= next || before != seen || isDue {
            let applied = try await installation.renewed().applyInForce(patience: settings.patience)
            next = nextLook(after: applied)
            restUntil = clock.now() + settings.pause
            isStirred = false
            report(.applied(applied))
        } else {
            let beginning = try await installation.beginning()
            guard !beginning.isEmpty else { return }
            for person in beginning {
                report(.applied(try await installation.carryOut(for: person, patience: settings.patience)))
            }
        }
        // Whoever was heard of since has a round of their own.
        seen = SettingsStore.Changes(decided: try await installation.changes().decided, told: before.told)
        _ = try await installation.checkpoint()
    }

    /// More at once are seen to with all others.
    private static let leaversAtOnce = 16

    /// Whom HR says has left is out first: nobody else's targets are waited for.
    private mutating func seeToLeavers(
        _ installation: Installation, _ report: @escaping @Sendable (Installation.WatchRound) -> Void
    ) async throws {
        // Other nodes' clocks may be a little behind.
        let (begun, since) = (clock.now(), leaversSince - .seconds(5))
        let heard = try await installation.database.read { try PeopleStore($0).leavers(receivedAfter: since) }
        let new = heard.filter { seenTo[$0.key] != $0.value }
        // Before the first round everything is looked at anyway.
        if hasBegun, new.count <= Self.leaversAtOnce {
            for person in new.keys.sorted() {
                do {
                    report(.applied(try await installation.carryOut(for: person, patience: .zero)))
                } catch let error as CancellationError {
                    throw error
                } catch {
                    // Seen to once more with all others, right after this.
                    report(.failed(error))
                }
            }
        }
        leaversSince = begun
        seenTo = heard
    }

    private func nextLook(after applied: Installation.Applied) -> Instant {
        let usual = clock.now() + settings.interval
        let planned = applied.surveyed.survey.outcome.nextChange ?? usual
        let summary = applied.outcome.summary
        var retry = summary.waitingUntil ?? usual
        // Another process has it in hand, and is done with it long before its lease ends.
        if summary.waiting.contains(where: { $0.state == .running }) { retry = min(retry, clock.now() + .seconds(5)) }
        return min(usual, max(min(planned, retry), clock.now() + .seconds(1)))
    }
}

extension Installation {
    fileprivate func applyInForce(patience: Span) async throws -> Applied {
        try await withSpan("apply") { _ in
            try await apply(try await surveyInForce(), patience: patience) { _, _ in }
        }
    }
}
