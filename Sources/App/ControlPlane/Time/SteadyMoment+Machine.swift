import AccessModel
import Foundation
import Glibc
import Lifecycle

extension SteadyMoment {
    private static let thisStart: String? = {
        guard let data = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") else { return nil }
        return String(bytes: data, encoding: .utf8)?.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    /// This machine's. Nil where the system does not say.
    static func now() -> SteadyMoment? {
        guard let start = thisStart else { return nil }
        var time = timespec()
        guard clock_gettime(CLOCK_BOOTTIME, &time) == 0 else { return nil }
        let milliseconds = Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
        return SteadyMoment(start: start, uptime: Span(milliseconds: milliseconds))
    }
}
