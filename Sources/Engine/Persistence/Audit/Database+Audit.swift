import AccessModel
import AuditTrail

extension Database {
    /// A write whose records are appended to the audit log in the same transaction. If a record cannot be written,
    /// nothing is: no effect without a record.
    @discardableResult
    public func transact<Value: Sendable>(
        _ body: @escaping @Sendable (_ session: any SQLSession, _ records: inout [Record]) throws -> Value
    ) async throws -> Value {
        let request = CausingRequest.current
        return try await write { session in
            var records: [Record] = []
            let value = try body(session, &records)
            if let request { records = records.map { $0.caused(by: request) } }
            try AuditLog(session).append(records)
            return value
        }
    }

    /// Signs the log as it is, keeps the checkpoint in the database and then in `file`, outside of it.
    ///
    /// Meant for the end of a command or a batch. A crash between the two leaves `file` behind, which is consistent.
    @discardableResult
    public func sealCheckpoint(
        _ signer: CheckpointSigner, at now: Instant, to file: CheckpointFile
    ) async throws -> SignedNote {
        let note = try await write { session in try AuditLog(session).seal(signer, at: now) }
        try file.write(note, verifier: signer.verifier)
        return note
    }
}
