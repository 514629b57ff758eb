import AuditTrail

/// What is known for as long as a transaction lasts, because nobody else can change it meanwhile.
public final class TransactionScope {
    /// The audit log's tree as the transaction sees it; nil until it was read.
    var logHead: CompactRange?

    init() {}

    /// For a transaction that begins anew.
    func reset() { logHead = nil }
}
