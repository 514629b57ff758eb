import GRDB

extension DatabaseError {
    /// What SQLite's result code means to a caller. SQLite's messages name tables and columns, never values.
    func persistenceError(_ operation: String) -> PersistenceError {
        let code: PersistenceError.Code =
            switch resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM: .storage
            case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH: .constraint
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .unavailable
            case .SQLITE_READONLY: extendedResultCode == .SQLITE_READONLY ? .statement : .unavailable
            default: .statement
            }
        return PersistenceError(
            code: code, operation: operation, message: message ?? "SQLite result \(extendedResultCode.rawValue)")
    }

    /// The same of an error that no statement has mapped: it came from the transaction itself.
    func persistenceError(transaction operation: String) -> PersistenceError {
        guard resultCode != .SQLITE_MISUSE else {
            return PersistenceError(code: .unavailable, operation: operation, message: "the database is closed")
        }
        return persistenceError(operation)
    }
}
