import CLinux
import ControlPlane

/// The memory of a process that holds secrets while it uses them: tokens, keys, passwords of targets.
enum ProcessMemory {
    /// Writes it into no core file, and lets no other process of the same user read it.
    ///
    /// - Throws: ``InstallationError`` where the system does not do so: then no secret is to be read into it.
    static func keepToItself() throws {
        let error = tenure_forbid_dumps()
        guard error == 0 else {
            throw InstallationError(
                code: .usage, operation: "forbid core files",
                message: "the system does not forbid them (error \(error))")
        }
    }
}
