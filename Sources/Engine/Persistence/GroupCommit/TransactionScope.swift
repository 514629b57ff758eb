import AccessModel
import AuditTrail

/// What is known for as long as a transaction lasts, because nobody else can change it meanwhile.
public final class TransactionScope {
    /// What the audit log has become within the transaction.
    struct Log {
        /// Its end.
        struct Head {
            var tree: CompactRange
            /// The time of the last record; nil in an empty log.
            var lastAt: Instant?
        }

        /// Nil until it was read.
        var head: Head?
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
