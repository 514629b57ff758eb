import AuditTrail

/// The last checkpoint, kept outside of the database, so that a database that was restored from an old copy, or
/// written anew, is noticed.
public struct CheckpointFile: Hashable, Sendable {
    /// What a database is, by its checkpoint file.
    public enum Finding: Hashable, Sendable {
        /// There is no file, and the database was never sealed.
        case new
        /// The log begins with what was sealed.
        case consistent(Checkpoint)
        /// The database was sealed, but the file is gone.
        case removed
        /// The log is shorter than what was sealed: the database is an old copy.
        case rolledBack(Checkpoint, size: Int)
        /// The log is not the one that was sealed: it was changed, or written anew.
        case forked(Checkpoint)
        /// The file is not a checkpoint that the key has signed.
        case unreadable(AuditError)

        /// Whether one may go on without asking anybody.
        public var isTrusted: Bool {
            switch self {
            case .new, .consistent: true
            case .removed, .rolledBack, .forked, .unreadable: false
            }
        }

        /// What is wrong and what to do; nil where nothing is.
        public var problem: String? {
            switch self {
            case .new, .consistent: nil
            case .removed: "the checkpoint beside the database is gone; bring it back from a copy"
            case .rolledBack(let checkpoint, let size):
                "the database holds \(size) audit records, but \(checkpoint.size) were sealed: it is an old copy; "
                    + "bring back the newer one"
            case .forked(let checkpoint):
                "the first \(checkpoint.size) audit records are not those that were sealed: the log was changed"
            case .unreadable(let error): "the checkpoint beside the database is not one of this log: \(error)"
            }
        }
    }

    public let path: String

    public init(path: String) { self.path = path }

    /// The note in the file; nil where there is none.
    public func read() throws -> SignedNote? {
        guard let bytes = try PrivateFile.contents(path, limit: SignedNote.maximumLength) else { return nil }
        return try SignedNote(bytes)
    }

    /// Replaces the file in one durable step. One that speaks of a larger log, written by another node in the
    /// meantime, stays.
    ///
    /// Swift 6.3's optimiser crashes where it inlines this into an asynchronous caller.
    @inline(never)
    public func write(_ note: SignedNote, verifier: CheckpointVerifier) throws {
        let checkpoint = try verifier.checkpoint(note)
        try PrivateFile.withLock(path + ".lock") {
            if let stored = try readTrusted(verifier), stored.size > checkpoint.size { return }
            try PrivateFile.replace(path, with: Array(note.encoded.utf8))
        }
    }

    /// Nil where the file is missing or no checkpoint of this key: then it is replaced.
    private func readTrusted(_ verifier: CheckpointVerifier) throws -> Checkpoint? {
        do {
            return try read().map { note in try verifier.checkpoint(note) }
        } catch is AuditError {
            return nil
        }
    }

    /// Compares the log with the file. It costs by the logarithm of the log.
    public func compare(with database: any Database, verifier: CheckpointVerifier) async throws -> Finding {
        let checkpoint: Checkpoint
        do {
            guard let note = try read() else {
                let wasSealed = try await database.read { session in try AuditLog(session).latestCheckpoint() != nil }
                return wasSealed ? .removed : .new
            }
            checkpoint = try verifier.checkpoint(note)
        } catch let error as AuditError {
            return .unreadable(error)
        }
        return try await database.read { session in
            let log = AuditLog(session)
            let size = try log.size()
            guard checkpoint.size <= size else { return .rolledBack(checkpoint, size: size) }
            return try log.root(size: checkpoint.size) == checkpoint.root
                ? .consistent(checkpoint) : .forked(checkpoint)
        }
    }
}
