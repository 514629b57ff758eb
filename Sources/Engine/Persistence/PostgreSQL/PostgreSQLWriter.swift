import Foundation
import PostgreSQLDriver

/// The connection that writes, for as long as a batch takes.
final class PostgreSQLWriter: BatchConnection {
    private let settings: PostgreSQLSettings
    private let begin: () throws -> PostgreSQLConnection
    private let scope = TransactionScope()
    private var connection: PostgreSQLConnection?
    private var isLost = false

    /// - Parameter begin: A connection on which a transaction has just begun.
    init(_ settings: PostgreSQLSettings, begin: @escaping () throws -> PostgreSQLConnection) {
        self.settings = settings
        self.begin = begin
    }

    var isInTransaction: Bool { !isLost && connection.map { !$0.isBroken } ?? false }

    func transaction(_ body: () throws -> Void) throws(TransactionFailure) {
        scope.reset()
        isLost = false
        let connection: PostgreSQLConnection
        do {
            connection = try begin()
        } catch {
            throw .undone(error)
        }
        self.connection = connection
        defer { self.connection = nil }
        let transaction = PostgreSQLTransaction(connection: connection)
        do {
            try body()
            try transaction.commit()
        } catch let unknown as UnknownOutcome {
            throw .unknown(unknown.failure)
        } catch let conflict as TransactionConflict {
            transaction.rollBack()
            throw .conflict(conflict.failure)
        } catch {
            transaction.rollBack()
            throw .undone(error)
        }
    }

    func savepoint(_ body: (any SQLSession) throws -> Void) throws {
        let before = scope.log
        let transaction = PostgreSQLTransaction(connection: try current())
        transaction.mark()
        do {
            try session(body)
            transaction.release()
        } catch {
            scope.log = before
            isLost = error is TransactionConflict || !transaction.undoPart()
            throw error
        }
    }

    func session(_ body: (any SQLSession) throws -> Void) throws {
        try PostgreSQLSession.run(on: try current(), scope: scope, body)
    }

    func mayRunAgain(after attempts: Int) -> Bool {
        guard attempts <= settings.conflictRetries else { return false }
        Thread.sleep(forTimeInterval: .random(in: 0.005...0.05))
        return true
    }

    private func current() throws -> PostgreSQLConnection {
        guard let connection else {
            throw PersistenceError(code: .statement, operation: "write", message: "no transaction has begun")
        }
        return connection
    }
}
