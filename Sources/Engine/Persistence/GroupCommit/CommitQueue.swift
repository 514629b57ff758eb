import Synchronization

/// Where writes wait for the next transaction.
///
/// While one transaction is being put on disk the writes that are asked for meanwhile gather here, and the next
/// transaction takes them all: one wait for the disk serves them together. Nobody waits for company: a write that
/// comes alone is committed alone, at once. A write waits for the transaction under way and for its own, no other,
/// unless more than ``batchLimit`` wait.
final class CommitQueue: Sendable {
    /// How many writes share a transaction at most, so that the first of them is not kept waiting by the last.
    static let batchLimit = 256

    private let waiting = Mutex<[any QueuedWrite]>([])

    /// Whoever adds a write sees to it that a batch is taken afterwards.
    func add(_ write: any QueuedWrite) { waiting.withLock { $0.append(write) } }

    /// The writes that have waited longest; none if another call took them already.
    func takeBatch() -> [any QueuedWrite] {
        waiting.withLock { waiting in
            let batch = Array(waiting.prefix(Self.batchLimit))
            waiting.removeFirst(batch.count)
            return batch
        }
    }
}

/// A write on its way to be committed, whatever it returns.
protocol QueuedWrite: Sendable {
    /// Does what is to be done and remembers what came of it. May be called again after a batch that was undone.
    func run(in session: any SQLSession) throws
    /// It is on disk: tells the caller what came of it.
    func committed()
    /// Nothing of it was committed: tells the caller why.
    func failed(_ error: any Error)
}

/// A write that an asynchronous caller waits for.
final class PendingWrite<Value: Sendable>: QueuedWrite {
    private let body: @Sendable (any SQLSession) throws -> Value
    private let caller: CheckedContinuation<Value, any Error>
    private let value = Mutex<Value?>(nil)

    init(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value, caller: CheckedContinuation<Value, any Error>
    ) {
        self.body = body
        self.caller = caller
    }

    func run(in session: any SQLSession) throws {
        let result = try body(session)
        value.withLock { $0 = result }
    }

    func committed() {
        guard let value = value.withLock({ $0 }) else {
            return failed(
                PersistenceError(code: .storage, operation: "write", message: "the transaction ended without a value"))
        }
        caller.resume(returning: value)
    }

    func failed(_ error: any Error) { caller.resume(throwing: error) }
}
