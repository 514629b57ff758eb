import Lifecycle
import Persistence
import WorkflowEngine

/// Held by a process while it works on an embedded installation.
///
/// Workers share it. Who gets it alone knows that every lease in the database is a dead worker's.
final class WorkerLock: Sendable {
    private let file: LockFile

    /// - Parameter ifAlone: Runs before any other worker may begin, if there is none.
    init(_ path: String, ifAlone: () async throws -> Void) async throws {
        file = try LockFile(path)
        if file.takeIfFree() { try await ifAlone() }
        try file.share()
    }
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
        if let presence {
            try await presence.stay()
            return try await body()
        }
        let presence = try await enter(workflow)
        do {
            let value = try await body()
            await presence.leave()
            return value
        } catch {
            await presence.leave()
            throw error
        }
    }

    func enter(_ workflow: Workflow) async throws -> PostgreSQLPresence {
        let presence = try await PostgreSQLPresence.enter(
            folder.database, as: context.worker, leases: workflow.lease
        ) { try await workflow.endLeases() }
        do {
            try await takeOverFromTheDead(workflow)
        } catch {
            await presence.leave()
            throw error
        }
        return presence
    }

    /// What workers had in hand that are surely gone is free at once, while others live.
    ///
    /// - Returns: How many workers that were.
    @discardableResult
    func takeOverFromTheDead(_ workflow: Workflow) async throws -> Int {
        let owners = try await workflow.leaseOwners()
        let names = Set(owners.compactMap { NodePresence.name(of: $0) }).subtracting([context.worker])
        guard !names.isEmpty else { return 0 }
        let gone = try await database.read { session in
            try PostgreSQLPresence.gone(names, leases: workflow.lease, in: session)
        }
        guard !gone.isEmpty else { return 0 }
        try await workflow.endLeases(of: owners.filter { NodePresence.name(of: $0).map { gone.contains($0) } ?? false })
        return gone.count
    }
}
