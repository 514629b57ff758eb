import Foundation
import Glibc

/// A file by which processes keep out of each other's way. The system lets go of it when a process dies, however it dies.
final class LockFile: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw InstallationError(
                code: .file, operation: "open `\(path)`", message: "the folder that it is in cannot be made")
        }
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw InstallationError(code: .file, operation: "open `\(path)`", message: "it cannot be opened or made")
        }
    }

    /// It is let go of by name: a child that is just being started has the descriptor, too, until it is another program,
    /// and the lock would last as long as that.
    deinit {
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Whether it is this process's alone now.
    func takeIfFree() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Waits until nobody has it alone, and holds it beside others that share it.
    func share() throws {
        while flock(descriptor, LOCK_SH) != 0 {
            guard errno == EINTR else {
                throw InstallationError(code: .file, operation: "lock `\(path)`", message: "it cannot be locked")
            }
        }
    }
}
