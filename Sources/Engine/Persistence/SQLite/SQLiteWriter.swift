import GRDB

/// The connection that writes, for as long as a batch takes.
struct SQLiteWriter: BatchConnection {
    let connection: GRDB.Database
    private let scope = TransactionScope()

    init(connection: GRDB.Database) { self.connection = connection }

    var isInTransaction: Bool { connection.isInsideTransaction }

    /// A commit that failed was rolled back: another process never saw it.
    func transaction(_ body: () throws -> Void) throws(TransactionFailure) {
        scope.reset()
        do {
            try mapped {
                try connection.inTransaction(.immediate) {
                    try body()
                    return .commit
                }
            }
        } catch {
            throw .undone(error)
        }
    }

    func session(_ body: (any SQLSession) throws -> Void) throws {
        try SQLiteSession.run(on: connection, scope: scope, body)
    }

    func savepoint(_ body: (any SQLSession) throws -> Void) throws {
        let before = scope.log
        do {
            try mapped {
                try connection.inSavepoint {
                    try session(body)
                    return .commit
                }
            }
        } catch {
            scope.log = before
            throw error
        }
    }

    /// Transactions of one file never meet: each waits until the one before has ended.
    func mayRunAgain(after attempts: Int) -> Bool { false }

    private func mapped(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as DatabaseError {
            throw error.persistenceError(transaction: "write")
        }
    }
}
