/// Keeps workers from an embedded state for as long as it lives; see ``WorkerLock``, which they share.
final class StateLock {
    private let file: LockFile

    /// Throws where a worker works on it.
    init(_ folder: StateFolder) throws {
        file = try LockFile(folder.workerLock)
        guard file.takeIfFree() else {
            throw InstallationError(
                code: .denied, operation: "lock `\(file.path)`",
                message: "somebody works on this state; stop them first")
        }
    }
}
