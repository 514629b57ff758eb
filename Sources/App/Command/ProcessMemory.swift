import CLinux
import ControlPlane
import Foundation

/// The memory of a process that holds secrets while it uses them: tokens, keys, passwords of targets.
enum ProcessMemory {
    /// Writes it into no core file and no backtrace, and lets no other process of the same user read it.
    ///
    /// - Throws: ``InstallationError`` where the system does not do so: then no secret is to be read into it.
    static func keepToItself() throws {
        let error = tenure_forbid_dumps()
        guard error == 0 else {
            throw InstallationError(
                code: .usage, operation: "forbid core files",
                message: "the system does not forbid them (error \(error))")
        }
        // Where Swift's runtime finds its own tool it tells of a crash what every register points to. Whoever wants that
        // says so.
        guard ProcessInfo.processInfo.environment["SWIFT_BACKTRACE"] == nil else { return }
        for number in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
    }
}
