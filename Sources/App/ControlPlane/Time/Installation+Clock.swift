import AccessModel
import AuditTrail
import Lifecycle
import Persistence

/// What an installation knows of the time.
public struct ClockReading: Hashable, Sendable {
    /// What the machine's clock says.
    public let clock: Instant
    /// The latest that it can be: what access ends by.
    public let now: Instant
    /// The latest that it surely is: what access begins by.
    public let vouched: Instant

    /// How far the machine's clock is ahead of what is vouched for, where that is more than an adjustment: somebody has to
    /// look which of them is right.
    public var lead: Span? { clock - vouched > .minutes(1) ? clock - vouched : nil }
}

extension Installation {
    public var clockReading: ClockReading {
        ClockReading(
            clock: clock.isRehearsal ? context.now : InstallationClock.wall(), now: context.now,
            vouched: context.vouched)
    }

    /// Takes the machine's clock at its word: somebody has looked at another one. What waited for its time begins with the
    /// next plan, where a database server's clock does not say otherwise.
    ///
    /// - Throws: ``InstallationError`` `usage` where no reason is given.
    public func confirmClock(reason: String) async throws -> ClockReading {
        let reason = AccessDesk.plain(reason)
        guard !reason.isEmpty else {
            throw InstallationError(
                code: .usage, operation: "confirm the clock",
                message: "say with --reason how you know that it is right; it is recorded")
        }
        let before = clockReading
        try await database.transact { [context] session, records in
            if let steady = SteadyMoment.now() { try SettingsStore(session).vouch(for: before.clock, by: steady) }
            records.append(
                .clockConfirmed(context.record(), clock: before.clock, vouched: before.vouched, reason: reason))
        }
        return try await renewed().clockReading
    }
}
