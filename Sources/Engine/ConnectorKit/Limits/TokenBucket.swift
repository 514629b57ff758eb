import AccessModel

/// How fast a target may be asked: so many requests a second, so many at once after a rest, and a share that only
/// revocations may use.
///
/// A value; time is handed in, and a clock that jumps back gives nothing and takes nothing.
public struct TokenBucket: Hashable, Sendable {
    public struct Limit: Hashable, Sendable {
        public let requestsPerSecond: Double
        /// How many may go at once after a rest; at least 1.
        public let burst: Double
        /// The part of the burst, in 0..<1, that grants leave untouched.
        public let revocationShare: Double

        /// From one token to the next.
        var interval: Span { Span(milliseconds: Int64((1_000 / requestsPerSecond).rounded(.up))) }

        /// Rates that are not above zero count as one request in 1000 seconds, so that nothing waits for ever.
        public init(requestsPerSecond: Double, burst: Double? = nil, revocationShare: Double = 0.25) {
            let rate = requestsPerSecond.isFinite ? max(requestsPerSecond, 0.001) : 0.001
            self.requestsPerSecond = rate
            self.burst = max(1, burst ?? rate)
            self.revocationShare = min(max(revocationShare, 0), 0.9)
        }
    }

    public let limit: Limit
    private var level: Double
    private var updatedAt: Instant
    private var pausedUntil: Instant?

    /// Full at first.
    public init(_ limit: Limit, at now: Instant) {
        self.limit = limit
        level = limit.burst
        updatedAt = now
    }

    /// Takes one token, or says how long to wait before it is worth asking again.
    ///
    /// A grant leaves the revocations' share in the bucket, so a revocation never queues behind grants. Where the
    /// burst is so small that the share would leave nothing to grants, a full bucket serves them too.
    public mutating func take(_ lane: Change.Lane, at now: Instant) -> Span? {
        refill(at: now)
        if let pausedUntil {
            if now < pausedUntil { return pausedUntil - now }
            self.pausedUntil = nil
        }
        let kept = lane == .revoke ? 0 : min(limit.burst * limit.revocationShare, limit.burst - 1)
        let missing = kept + 1 - level
        // A thousandth of a token is rounding, not haste.
        guard missing > 0.001 else {
            level = max(0, level - 1)
            return nil
        }
        return Span(milliseconds: max(1, Int64((missing / limit.requestsPerSecond * 1_000).rounded(.up))))
    }

    /// Nothing goes before then: the target asked for it.
    public mutating func pause(for span: Span, at now: Instant) {
        let until = now + span
        pausedUntil = max(pausedUntil ?? until, until)
    }

    private mutating func refill(at now: Instant) {
        let passed = (now - updatedAt).seconds
        updatedAt = now
        if passed > 0 { level = min(limit.burst, level + passed * limit.requestsPerSecond) }
    }
}
