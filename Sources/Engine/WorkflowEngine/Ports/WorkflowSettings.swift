import AccessModel

/// How patiently a workflow works.
public struct WorkflowSettings: Sendable {
    /// Who holds a lease: unique to this process among all that work on the database.
    public var owner: String
    /// How long a claimed step is left to its worker. No call is begun that could outlast it.
    public var lease: Span = .minutes(2)
    /// After it a call to a target counts as unanswered. Well below ``lease``.
    public var callTimeout: Span = .seconds(30)
    /// Steps of one claim at most.
    public var batch = 256
    /// Attempts until a step that could still succeed is left to a person. A leaver's step is marked then, and goes on.
    public var maximumAttempts = 8
    public var backoff = Backoff()
    /// How often a run that is busy looks for what others have opened.
    public var pollInterval: Span = .seconds(1)
    package var defences = Set(Defence.allCases)

    public init(owner: String) { self.owner = owner }
}

/// Exponential, with full jitter: a crowd that failed together does not come back together.
public struct Backoff: Sendable, Hashable {
    public var base: Span = .seconds(1)
    public var cap: Span = .minutes(5)

    public init(base: Span = .seconds(1), cap: Span = .minutes(5)) {
        self.base = base
        self.cap = cap
    }

    /// How long to wait after attempt number `attempt` (from 1) failed. What the target stated is never undercut;
    /// `random` is in `0..<1`.
    public func delay(afterAttempt attempt: Int, retryAfter: Span?, random: Double) -> Span {
        let exponent = min(max(attempt, 1) - 1, 30)
        let ceiling = min(Double(cap.milliseconds), Double(base.milliseconds) * Double(Int64(1) << exponent))
        guard let retryAfter else { return Span(milliseconds: max(1, Int64(random * ceiling))) }
        let spread = random * min(ceiling, Double(base.milliseconds))
        return Span(milliseconds: max(0, retryAfter.milliseconds) + Int64(spread))
    }
}
