import AccessModel
import Foundation
import Glibc
import Persistence

/// A moment by the machine's steady clock, which no one sets: how long it has been up, asleep or not, and since which
/// start. Two of one start tell how much time has truly passed, whatever became of the wall clock between them.
struct SteadyMoment: Hashable, Sendable {
    let start: String
    let uptime: Span

    private static let thisStart: String? = {
        guard let data = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") else { return nil }
        return String(bytes: data, encoding: .utf8)?.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    /// Nil where the system does not say.
    static func now() -> SteadyMoment? {
        guard let start = thisStart else { return nil }
        var time = timespec()
        guard clock_gettime(CLOCK_BOOTTIME, &time) == 0 else { return nil }
        let milliseconds = Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
        return SteadyMoment(
            start: start, uptime: Span(milliseconds: milliseconds))
    }

    init(start: String, uptime: Span) {
        self.start = start
        self.uptime = uptime
    }

    /// Reads ``text``; nil for anything else.
    init?(text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let milliseconds = Int64(parts[1]) else { return nil }
        self.init(start: String(parts[0]), uptime: Span(milliseconds: milliseconds))
    }

    var text: String { "\(start) \(uptime.milliseconds)" }

    /// How much time has passed since an earlier one; nil where the machine was started anew, or is another.
    func passed(since earlier: SteadyMoment) -> Span? {
        guard start == earlier.start, uptime >= earlier.uptime else { return nil }
        return Span(milliseconds: uptime.milliseconds - earlier.uptime.milliseconds)
    }
}

extension SettingsStore {
    /// The earliest that it can be now, by the last command on this machine and the time that has truly passed since: a
    /// wall clock that was set back in between does not make windows longer. Nil where that is not known.
    func earliestNow(_ steady: SteadyMoment?) throws -> Instant? {
        let parts = try value(.steadyClock)?.split(separator: "@") ?? []
        guard let steady, parts.count == 2, let moment = Int64(parts[1]),
            let passed = SteadyMoment(text: String(parts[0])).flatMap({ steady.passed(since: $0) })
        else { return nil }
        return Instant(milliseconds: moment) + passed
    }

    /// Writes down what the steady clock said at a moment that was relied upon; nothing in a rehearsal.
    func keepSteady(_ steady: SteadyMoment?, at now: Instant, isRehearsal: Bool) throws {
        guard let steady, !isRehearsal else { return try remove(.steadyClock) }
        try set(.steadyClock, to: "\(steady.text)@\(now.milliseconds)")
    }
}

extension SettingsStore.Name {
    static let steadyClock = SettingsStore.Name("clock.steady")
}
