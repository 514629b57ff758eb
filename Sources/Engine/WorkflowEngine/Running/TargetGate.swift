import AccessModel
import ConnectorKit

/// What stands between the workers and one target: how many at once, how many a second, and whether at all.
actor TargetGate {
    /// Whether a call may be made.
    enum Admission: Sendable {
        case go
        case closed(until: Instant)
    }

    private let clock: any WorkflowClock
    private let limiter: RateLimiter
    private let slots: Int
    private var breaker: CircuitBreaker
    private var taken = 0
    private var queues: [Change.Lane: [CheckedContinuation<Void, Never>]] = [:]

    init(_ target: WorkflowTarget, clock: any WorkflowClock, breaker: CircuitBreaker.Settings) {
        self.clock = clock
        self.breaker = CircuitBreaker(breaker)
        slots = max(1, target.concurrency)
        let limit = TokenBucket.Limit(requestsPerSecond: target.requestsPerSecond)
        limiter = RateLimiter(
            limit, clock: { clock.now() },
            sleep: { span in
                do {
                    try await clock.sleep(until: clock.now() + span)
                } catch {
                    // Cancelled: whoever slept finds out by asking again.
                }
            })
    }

    /// How many steps are worth claiming: one as a probe while the target is in doubt.
    func room(for lane: Change.Lane, upTo limit: Int) -> Admissible {
        let now = clock.now()
        switch breaker.state {
        case .closed: return .some(limit)
        case .open(let until): return lane == .revoke || until <= now ? .some(1) : .none(until: until)
        case .halfOpen(let until): return until <= now ? .some(1) : .none(until: min(until, now + .seconds(1)))
        }
    }

    enum Admissible: Sendable {
        case some(Int)
        case none(until: Instant)
    }

    /// Waits for a slot and a token, revocations first. One that is let in calls ``leave(_:)`` afterwards.
    func enter(_ lane: Change.Lane) async throws -> Admission {
        await takeSlot(lane)
        do {
            try await limiter.acquire(lane)
        } catch {
            giveSlotBack()
            throw error
        }
        switch breaker.admit(lane, at: clock.now()) {
        case .go: return .go
        case .wait(let span):
            giveSlotBack()
            return .closed(until: clock.now() + span)
        }
    }

    /// When it is worth asking again.
    func reopening(_ lane: Change.Lane) -> Instant {
        if case .none(let until) = room(for: lane, upTo: 1) { return until }
        return clock.now() + .seconds(1)
    }

    /// The call was not made after all.
    func leaveUnused() { giveSlotBack() }

    /// What the target answered; nil for a success.
    func leave(_ error: ConnectorError?) async {
        giveSlotBack()
        guard let error else { return breaker.succeeded() }
        if let wait = error.retryAfter { await limiter.slowDown(for: wait) }
        breaker.failed(error.code, at: clock.now())
    }

    /// Grants leave a slot to revocations where there is more than one.
    private func mayTake(_ lane: Change.Lane) -> Bool {
        taken < (lane == .revoke || slots == 1 ? slots : slots - max(1, slots / 4))
    }

    private func takeSlot(_ lane: Change.Lane) async {
        if queues[lane]?.isEmpty ?? true, mayTake(lane) {
            taken += 1
            return
        }
        // Whoever gives a slot back hands it on, so it is counted already.
        await withCheckedContinuation { queues[lane, default: []].append($0) }
    }

    private func giveSlotBack() {
        taken -= 1
        for lane in [Change.Lane.revoke, .grant] {
            while let queue = queues[lane], !queue.isEmpty, mayTake(lane) {
                taken += 1
                queues[lane]?.removeFirst().resume()
            }
        }
    }
}
