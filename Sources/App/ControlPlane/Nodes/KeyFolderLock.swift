/// Held by a process while it looks for the key that signs the log, or makes it.
final class KeyFolderLock: Sendable {
    private let file: LockFile

    /// Waits for its turn, for ten seconds.
    init(_ folder: StateFolder) async throws {
        file = try LockFile(folder.keyLock)
        let end = ContinuousClock.now + .seconds(10)
        while !file.takeIfFree() {
            guard ContinuousClock.now < end else {
                throw InstallationError(
                    code: .file, operation: "lock `\(file.path)`", message: "another process holds it; try again")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
