import PostgreSQLDriver

/// Transactions on one connection.
struct PostgreSQLTransaction {
    let connection: PostgreSQLConnection

    enum Kind {
        /// One moment of the database, whatever is written beside it.
        case read
        /// Alone: from its beginning to its commit no other node and no other process writes.
        case write
    }

    /// Held by whoever writes, in any process. Names nothing but itself; advisory locks are a database's own.
    static let writeLock: [SQLValue] = [.integer(0x5445_4E55), .integer(1)]

    /// Begins a transaction. When it throws none has begun, and nothing was done.
    func begin(_ kind: Kind) throws(PostgreSQLFailure) {
        // What a transaction before this one left to be closed or released went with it.
        dropWhatEnded()
        do throws(PostgreSQLFailure) {
            // By itself: it takes a snapshot, after which no isolation can be chosen any more.
            if connection.outgrewPlans() { try connection.run([.text("DISCARD PLANS", [])]) }
            switch kind {
            case .read: try connection.run([.text("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", [])])
            case .write:
                // Every statement after the lock sees what those who had it before have committed, and nobody
                // commits beside it: one after another, at READ COMMITTED, without a conflict to run again for.
                try connection.run([
                    .text("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", []),
                    .text("SELECT pg_advisory_xact_lock($1::int4, $2::int4)", Self.writeLock),
                ])
            }
        } catch {
            rollBack()
            throw error
        }
    }

    /// Commits durably.
    func commit() throws {
        do throws(PostgreSQLFailure) {
            let tag = try connection.run("COMMIT").tag
            guard tag == "COMMIT" else {
                throw PostgreSQLFailure(state: "25P02", message: "the server rolled it back", isBroken: false)
            }
        } catch {
            guard error.isBroken else { throw error.persistenceError("commit") }
            throw UnknownOutcome(
                failure: PersistenceError(
                    code: .unavailable, operation: "commit",
                    message: "\(error.message); whether it was committed is not known"))
        }
    }

    /// Begins a part of its own. It is sent with the first statement of the part, without a round trip of its own.
    func mark() { connection.ahead.append(.text("SAVEPOINT part", [])) }

    /// Ends the part; what it did belongs to the transaction now.
    func release() {
        if !withdrawMark() { connection.ahead.append(.text("RELEASE SAVEPOINT part", [])) }
    }

    /// Undoes the part. False when that cannot be done: then the transaction is lost.
    func undoPart() -> Bool {
        guard !connection.isBroken else { return false }
        guard !withdrawMark() else { return true }
        do throws(PostgreSQLFailure) {
            dropWhatEnded()
            try connection.run([
                .text("ROLLBACK TO SAVEPOINT part", []), .text("RELEASE SAVEPOINT part", []),
            ])
            return true
        } catch {
            return false
        }
    }

    /// Cursors and marks end with their transaction or part; prepared statements do not.
    private func dropWhatEnded() {
        connection.ahead.removeAll { command in
            guard case .text(let sql, _) = command else { return false }
            return !sql.hasPrefix("DEALLOCATE")
        }
    }

    /// Takes back a mark that was not sent, because its part ran no statement.
    private func withdrawMark() -> Bool {
        guard case .text("SAVEPOINT part", _) = connection.ahead.last else { return false }
        connection.ahead.removeLast()
        return true
    }

    /// Undoes everything. A connection that cannot even do that is given up, and the server undoes it.
    func rollBack() {
        guard !connection.isBroken else { return }
        do throws(PostgreSQLFailure) {
            try connection.run([.text("ROLLBACK", [])])
        } catch {
            connection.markBroken()
        }
    }
}

/// The answer to a commit was lost: it may have been done, and it may not.
struct UnknownOutcome: Error {
    let failure: PersistenceError
}
