import Foundation
import Lifecycle
import Persistence
import WorkflowEngine

/// Held by a process while it works on an embedded installation; the system lets go of it when the process dies,
/// however it dies.
///
/// Workers share it. Who gets it alone knows that every lease in the database is a dead worker's.
final class WorkerLock: Sendable {
    private let descriptor: Int32

    /// - Parameter ifAlone: Runs before any other worker may begin, if there is none.
    init(_ path: String, ifAlone: () async throws -> Void) async throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw InstallationError(code: .file, operation: "open `\(path)`", message: "it cannot be opened or made")
        }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { try await ifAlone() }
        while flock(descriptor, LOCK_SH) != 0 {
            guard errno == EINTR else {
                throw InstallationError(code: .file, operation: "lock `\(path)`", message: "it cannot be locked")
            }
        }
    }

    deinit { close(descriptor) }
}

extension Installation {
    /// Runs `body` as a worker; what workers that died had in hand is free at once.
    func asWorker<Value: Sendable>(_ workflow: Workflow, _ body: () async throws -> Value) async throws -> Value {
        guard folder.isOnServer else {
            let lock = try await WorkerLock(folder.workerLock) { try await workflow.endLeases() }
            let value = try await body()
            withExtendedLifetime(lock) {}
            return value
        }
        let presence = try await PostgreSQLPresence.enter(folder.database, leases: workflow.lease) {
            try await workflow.endLeases()
        }
        do {
            let value = try await body()
            await presence.leave()
            return value
        } catch {
            await presence.leave()
            throw error
        }
    }
}
