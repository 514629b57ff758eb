import Foundation

/// Keeps workers from an embedded state for as long as it lives; see ``WorkerLock``, which they share.
final class StateLock {
    private let descriptor: Int32

    /// Throws where a worker works on it.
    init(_ folder: StateFolder) throws {
        let path = folder.workerLock
        try FileManager.default.createDirectory(
            atPath: folder.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw InstallationError(code: .file, operation: "open `\(path)`", message: "it cannot be opened or made")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw InstallationError(
                code: .denied, operation: "lock `\(path)`", message: "somebody works on this state; stop them first")
        }
    }

    deinit { close(descriptor) }
}
