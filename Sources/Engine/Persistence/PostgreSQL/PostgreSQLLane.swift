import Foundation
import PostgreSQLDriver

/// One connection and the thread that waits on it. It connects when it is first used, and again after a break.
actor PostgreSQLLane {
    private let executor: ConnectionExecutor
    private let address: PostgreSQLAddress
    private let settings: PostgreSQLSettings
    private var connection: PostgreSQLConnection?
    private var isClosed = false

    init(_ address: PostgreSQLAddress, _ settings: PostgreSQLSettings, label: String) {
        executor = ConnectionExecutor(label: label)
        self.address = address
        self.settings = settings
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs `body` on one moment of the database.
    func read<Value: Sendable>(_ body: @Sendable (any SQLSession) throws -> Value) throws -> Value {
        let transaction = PostgreSQLTransaction(connection: try begin(.read))
        do {
            let value = try PostgreSQLSession.run(on: transaction.connection, body)
            try transaction.commit()
            return value
        } catch {
            transaction.rollBack()
            throw (error as? TransactionConflict)?.failure ?? (error as? UnknownOutcome)?.failure ?? error
        }
    }

    /// Commits the writes that wait, as many as go together.
    func commit(from queue: CommitQueue) {
        WriteBatch(writes: queue.takeBatch()).run(on: PostgreSQLWriter(settings) { try self.begin(.write) })
    }

    /// Runs one statement outside of a transaction of its own; what it locks stays locked while the lane is open.
    func query(_ sql: String, _ parameters: [SQLValue]) throws(PersistenceError) -> [SQLRow] {
        do throws(PostgreSQLFailure) {
            return try connected().run(sql, parameters).rows
        } catch {
            throw error.persistenceError(PostgreSQLSession.operation(sql))
        }
    }

    /// Connects now, if it has not yet.
    func open() throws(PersistenceError) {
        do throws(PostgreSQLFailure) {
            _ = try connected()
        } catch {
            throw error.persistenceError("connect to \(address)")
        }
    }

    func close() {
        isClosed = true
        connection = nil
    }

    /// A transaction that has just begun. A connection that broke while it was not used is replaced: nothing was
    /// done on it.
    private func begin(_ kind: PostgreSQLTransaction.Kind) throws(PersistenceError) -> PostgreSQLConnection {
        do throws(PostgreSQLFailure) {
            if let kept = connection, !kept.isBroken {
                do throws(PostgreSQLFailure) {
                    try PostgreSQLTransaction(connection: kept).begin(kind)
                    return kept
                } catch {
                    guard error.isBroken else { throw error }
                }
            }
            let fresh = try connected()
            try PostgreSQLTransaction(connection: fresh).begin(kind)
            return fresh
        } catch {
            // A standby takes no writes; that is where the server is, not what the caller did.
            let isStandby = error.state == "25006"
            let failure = isStandby ? PostgreSQLFailure(state: "57P03", message: error.message, isBroken: false) : error
            throw failure.persistenceError(kind == .read ? "begin to read" : "begin to write")
        }
    }

    /// The connection, made anew where it is missing or broken. A server that cannot be reached is tried again with
    /// growing pauses, each of a random length, so that nodes that lost it together do not come back together.
    private func connected() throws(PostgreSQLFailure) -> PostgreSQLConnection {
        guard !isClosed else { throw .broken("the database is closed") }
        if let connection, !connection.isBroken { return connection }
        connection = nil
        let deadline = ContinuousClock.now + settings.patience
        var pause = 0.05
        while true {
            do throws(PostgreSQLFailure) {
                let made = try PostgreSQLConnection.connect(address, settings)
                connection = made
                return made
            } catch {
                guard error.isTransient, ContinuousClock.now < deadline else { throw error }
                Thread.sleep(forTimeInterval: .random(in: 0...pause))
                pause = min(pause * 2, 2)
            }
        }
    }
}
