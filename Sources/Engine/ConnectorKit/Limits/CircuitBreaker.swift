import AccessModel

/// Whether a target that keeps failing should be asked at all.
///
/// Closed, requests go. After several failures in a row it opens, and nothing goes for a while that doubles each time.
/// Then one request goes as a probe: its success closes the breaker, its failure opens it again. A revocation is let
/// through as the probe without waiting for the while to pass, so a breaker never holds one back.
public struct CircuitBreaker: Hashable, Sendable {
    public struct Settings: Hashable, Sendable {
        public var failuresToOpen: Int
        public var firstPause: Span
        public var longestPause: Span

        public init(failuresToOpen: Int = 5, firstPause: Span = .seconds(10), longestPause: Span = .minutes(5)) {
            self.failuresToOpen = failuresToOpen
            self.firstPause = firstPause
            self.longestPause = longestPause
        }
    }

    public enum State: Hashable, Sendable {
        case closed
        case open(until: Instant)
        /// A probe is on its way; one that was never heard of again counts as lost at the given time.
        case halfOpen(probeLostAt: Instant)
    }

    public enum Admission: Hashable, Sendable {
        case go
        case wait(Span)
    }

    public let settings: Settings
    public private(set) var state = State.closed
    private var failures = 0
    private var pause: Span

    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        pause = settings.firstPause
    }

    /// Whether a request may go now. One that goes must be followed by ``succeeded()`` or ``failed(_:at:)``.
    public mutating func admit(_ lane: Change.Lane, at now: Instant) -> Admission {
        switch state {
        case .closed: return .go
        case .open(let until):
            guard lane == .revoke || until <= now else { return .wait(until - now) }
        case .halfOpen(let probeLostAt):
            guard probeLostAt <= now else { return .wait(min(.seconds(1), probeLostAt - now)) }
        }
        state = .halfOpen(probeLostAt: now + .minutes(2))
        return .go
    }

    public mutating func succeeded() {
        state = .closed
        failures = 0
        pause = settings.firstPause
    }

    /// Counts a failure that says something of the target as a whole; any other answer shows that it is alive.
    public mutating func failed(_ code: ConnectorError.Code, at now: Instant) {
        guard Self.isOfTheTarget(code) else {
            if code != .throttled { succeeded() }
            return
        }
        failures += 1
        switch state {
        case .closed:
            guard failures >= settings.failuresToOpen else { return }
        case .open: return
        case .halfOpen: pause = min(settings.longestPause, Span(milliseconds: pause.milliseconds * 2))
        }
        state = .open(until: now + pause)
    }

    /// A refused credential is one: trying on would lock the account.
    private static func isOfTheTarget(_ code: ConnectorError.Code) -> Bool {
        switch code {
        case .unreachable, .targetFailure, .unauthorized: true
        case .throttled, .missingDependency, .conflict, .forbidden, .invalid, .incomplete, .configuration: false
        }
    }
}

/// The breakers of all targets.
public actor CircuitBreakers {
    private let settings: CircuitBreaker.Settings
    private let clock: @Sendable () -> Instant
    private var breakers: [Slug: CircuitBreaker] = [:]

    public init(_ settings: CircuitBreaker.Settings = .init(), clock: @escaping @Sendable () -> Instant) {
        self.settings = settings
        self.clock = clock
    }

    public func admit(_ lane: Change.Lane, to target: Slug) -> CircuitBreaker.Admission {
        breakers[target, default: CircuitBreaker(settings)].admit(lane, at: clock())
    }

    public func succeeded(_ target: Slug) { breakers[target]?.succeeded() }

    public func failed(_ target: Slug, _ code: ConnectorError.Code) {
        breakers[target, default: CircuitBreaker(settings)].failed(code, at: clock())
    }

    public func state(of target: Slug) -> CircuitBreaker.State { breakers[target]?.state ?? .closed }
}
