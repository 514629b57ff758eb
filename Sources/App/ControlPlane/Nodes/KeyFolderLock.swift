import Foundation
import Glibc

/// Held by a process while it looks for the key that signs the log, or makes it. The system lets go of it when the process
/// dies.
final class KeyFolderLock: Sendable {
    private let descriptor: Int32

    /// Waits for its turn, for ten seconds.
    init(_ folder: StateFolder) async throws {
        let path = folder.keyLock
        do {
            try FileManager.default.createDirectory(
                atPath: folder.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw InstallationError(
                code: .file, operation: "make `\(folder.folder)`", message: "the folder of the keys cannot be made")
        }
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw InstallationError(code: .file, operation: "open `\(path)`", message: "it cannot be opened or made")
        }
        let end = ContinuousClock.now + .seconds(10)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now < end else {
                throw InstallationError(
                    code: .file, operation: "lock `\(path)`", message: "another process holds it; try again")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    deinit { close(descriptor) }
}
