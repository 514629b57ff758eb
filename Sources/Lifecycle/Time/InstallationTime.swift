import AccessModel
import Persistence

/// What time it is, twice, because a wall clock that was set tells nobody which of the two is true: access ends by the
/// later, and begins by the earlier.
public struct InstallationTime: Hashable, Sendable {
    /// The latest that it can be: never behind what was relied upon before, nor behind what has truly passed since.
    public let now: Instant
    /// The latest that it surely is: a wall clock that was set ahead does not move it.
    public let vouched: Instant

    /// Clocks that are read in whole milliseconds agree when no more than this is between them.
    private static let rounding = Span(milliseconds: 5)

    public init(now: Instant, vouched: Instant) {
        self.now = now
        self.vouched = now - vouched <= Self.rounding ? now : vouched
    }
}

extension SettingsStore {
    /// The time that an installation lives by, written down for whoever comes next.
    ///
    /// The time that is vouched for begins with what the wall clock says to the first command after the machine's start,
    /// and goes on with the steady clock, which nobody sets. Where there is a server with a clock of its own, it is never
    /// later than that one's.
    ///
    /// - Parameters:
    ///   - told: What the wall clock says.
    ///   - first: What is vouched for where nothing was written down since the machine's start.
    ///   - steady: Nil where it is not known, and in a rehearsal: then the wall clock is believed.
    public func advance(
        to told: Instant, first: Instant, by steady: SteadyMoment?, server: Instant? = nil
    ) throws -> InstallationTime {
        guard let steady else {
            try remove(.steadyClock)
            try remove(.vouchedClock)
            let now = try advanceClock(to: told)
            return InstallationTime(now: now, vouched: now)
        }
        let now = try advanceClock(to: max(told, try moment(.steadyClock, by: steady) ?? told))
        let vouched = min(try moment(.vouchedClock, by: steady) ?? first, now)
        try keep(.steadyClock, now, by: steady)
        try keep(.vouchedClock, vouched, by: steady)
        return InstallationTime(now: now, vouched: min(vouched, server ?? vouched))
    }

    /// Takes a clock at its word, because somebody has looked.
    public func vouch(for moment: Instant, by steady: SteadyMoment) throws {
        try keep(.vouchedClock, moment, by: steady)
    }

    /// A moment that was kept, and the time that has truly passed since. Nil where that is not known.
    private func moment(_ name: Name, by steady: SteadyMoment) throws -> Instant? {
        let parts = try value(name)?.split(separator: "@") ?? []
        guard parts.count == 2, let moment = Int64(parts[1]),
            let passed = SteadyMoment(text: parts[0]).flatMap({ steady.passed(since: $0) })
        else { return nil }
        return Instant(milliseconds: moment) + passed
    }

    private func keep(_ name: Name, _ moment: Instant, by steady: SteadyMoment) throws {
        try set(name, to: "\(steady.text)@\(moment.milliseconds)")
    }
}

extension SettingsStore.Name {
    /// The time that was relied upon, and what the steady clock said then.
    static let steadyClock = SettingsStore.Name("clock.steady")
    /// The time that is vouched for, and what the steady clock said then.
    static let vouchedClock = SettingsStore.Name("clock.vouched")
}
