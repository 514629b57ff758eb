import AccessModel

/// One target's ``TokenBucket``, shared by all who send to it: revocations first, then grants, each in order of arrival.
///
/// What waits is woken once, when its turn has come, so a wave of a thousand changes costs a thousand wake-ups.
public actor RateLimiter {
    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private var bucket: TokenBucket
    private let clock: @Sendable () -> Instant
    private let sleep: @Sendable (Span) async -> Void
    private var queues: [Change.Lane: WaitingLine<Waiter>] = [:]
    private var nextID = 0
    private var isPumping = false

    /// - Parameter sleep: Waits about so long; it may return early.
    public init(
        _ limit: TokenBucket.Limit, clock: @escaping @Sendable () -> Instant,
        sleep: @escaping @Sendable (Span) async -> Void = RateLimiter.systemSleep
    ) {
        bucket = TokenBucket(limit, at: clock())
        self.clock = clock
        self.sleep = sleep
    }

    public static let systemSleep: @Sendable (Span) async -> Void = { span in
        do {
            try await Task.sleep(for: .milliseconds(span.milliseconds))
        } catch {
            // Cancelled: whoever slept finds out by asking again.
        }
    }

    /// Returns when a request of this lane may be sent.
    ///
    /// - Throws: `CancellationError` when the task is cancelled while it waits; then no token was taken.
    public func acquire(_ lane: Change.Lane) async throws(CancellationError) {
        guard !Task.isCancelled else { throw CancellationError() }
        if queues[lane]?.isEmpty ?? true, bucket.take(lane, at: clock()) == nil { return }
        let id = nextID
        nextID += 1
        let isGranted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: false) }
                queues[lane, default: WaitingLine()].append(Waiter(id: id, continuation: continuation))
                pump()
            }
        } onCancel: {
            Task { await self.abandon(id, in: lane) }
        }
        guard isGranted else { throw CancellationError() }
    }

    /// The target asked to wait: nothing of either lane goes before.
    public func slowDown(for span: Span) { bucket.pause(for: span, at: clock()) }

    /// How many wait.
    public var waiting: Int { queues.values.reduce(0) { $0 + $1.count } }

    private func abandon(_ id: Int, in lane: Change.Lane) {
        queues[lane]?.remove { $0.id == id }?.continuation.resume(returning: false)
    }

    private func pump() {
        guard !isPumping else { return }
        isPumping = true
        Task {
            while let wait = serve() { await sleep(wait) }
        }
    }

    /// Lets go whom the bucket allows; the time until the next, or nil when nobody waits any more.
    private func serve() -> Span? {
        for lane in [Change.Lane.revoke, .grant] {
            while !(queues[lane]?.isEmpty ?? true) {
                // Looked at again as soon as there is a token: a revocation may have come that can have it.
                if let wait = bucket.take(lane, at: clock()) { return min(wait, bucket.limit.interval) }
                queues[lane]?.removeFirst()?.continuation.resume(returning: true)
            }
        }
        isPumping = false
        return nil
    }
}
