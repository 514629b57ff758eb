import AuditTrail

/// What is known for as long as a transaction lasts, because nobody else can change it meanwhile.
public final class TransactionScope {
    /// What the audit log has become within the transaction.
    struct Log {
        /// Its tree; nil until it was read.
        var head: CompactRange?
        /// Rows that were appended and are not in their tables yet: those of all writes that share a commit go in
        /// together, right before it.
        var leaves: [[SQLValue]] = []
        var nodes: [[SQLValue]] = []

        var isWritten: Bool { leaves.isEmpty && nodes.isEmpty }
    }

    var log = Log()

    init() {}

    /// For a transaction that begins anew.
    func reset() { log = Log() }
}
