/// What a driver does for a batch of writes, on the one connection that writes.
protocol BatchConnection {
    /// Runs `body` in one transaction and commits it durably; rolls it back when `body` throws.
    func transaction(_ body: () throws -> Void) throws(TransactionFailure)
    /// Runs `body` on a session of its own within the transaction; what it did is undone when it throws.
    func savepoint(_ body: (any SQLSession) throws -> Void) throws
    /// Runs `body` on a session that is the whole transaction.
    func session(_ body: (any SQLSession) throws -> Void) throws
    /// Whether the transaction can go on after a savepoint was undone; a full disk ends it as a whole.
    var isInTransaction: Bool { get }
    /// Waits a moment before a transaction that met a conflict is run again; false when it was run often enough.
    func mayRunAgain(after attempts: Int) -> Bool
}

/// How a transaction came to nothing.
enum TransactionFailure: Error {
    /// Nothing was committed.
    case undone(any Error)
    /// Nothing was committed, because another session was in the way.
    case conflict(any Error)
    /// The commit's answer was lost: it may have been done, and it may not.
    case unknown(any Error)

    /// What the caller hears.
    var error: any Error {
        switch self {
        case .undone(let error), .conflict(let error), .unknown(let error): error
        }
    }
}

/// Writes that share one transaction. Each succeeds or fails by itself, as if it had been alone.
struct WriteBatch {
    let writes: [any QueuedWrite]

    func run(on connection: some BatchConnection) {
        guard writes.count > 1 else {
            if let write = writes.first { runAlone(write, on: connection) }
            return
        }
        var refused: [(write: any QueuedWrite, error: any Error)] = []
        var kept: [any QueuedWrite] = []
        do throws(TransactionFailure) {
            try connection.transaction {
                for write in writes {
                    do {
                        try connection.savepoint(write.run)
                        kept.append(write)
                    } catch {
                        guard connection.isInTransaction else { throw error }
                        refused.append((write, error))
                    }
                }
                try connection.session { try AuditLog($0).writeOut() }
            }
        } catch {
            for write in writes {
                if case .unknown(let lost) = error {
                    write.failed(lost)
                } else {
                    // One write's trouble is not another's: what cannot be done together is tried one by one.
                    runAlone(write, on: connection)
                }
            }
            return
        }
        for write in kept { write.committed() }
        for (write, error) in refused { write.failed(error) }
    }

    private func runAlone(_ write: any QueuedWrite, on connection: some BatchConnection) {
        var attempts = 0
        while true {
            do throws(TransactionFailure) {
                try connection.transaction {
                    try connection.session { session in
                        try write.run(in: session)
                        try AuditLog(session).writeOut()
                    }
                }
                return write.committed()
            } catch {
                attempts += 1
                guard case .conflict = error, connection.mayRunAgain(after: attempts) else {
                    return write.failed(error.error)
                }
            }
        }
    }
}
