import AuditTrail
import Persistence

/// Appends records to the audit log within a transaction. One that throws undoes the transaction: no effect without a
/// record.
public typealias RecordAppender = @Sendable ([Record], any SQLSession) throws -> Void
