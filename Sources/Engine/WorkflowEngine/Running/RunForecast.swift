import AccessModel

/// How long a target takes for changes when nothing but its rate limit holds them up: no answer that fails, and none that
/// is slower than the limit.
public struct RunForecast: Hashable, Sendable {
    public let changes: Int
    public let revocations: Int
    public let requestsPerSecond: Double

    public init(changes: Int, revocations: Int, requestsPerSecond: Double) {
        self.changes = changes
        self.revocations = revocations
        self.requestsPerSecond = max(requestsPerSecond, 0.001)
    }

    /// Until all of them are applied and read back.
    public var total: Span { span(of: changes) }

    /// Until what is taken away is: it goes first.
    public var untilRevoked: Span { span(of: revocations) }

    /// A call for each change, one to read back for each wave; as many as a second's worth go at once.
    private func span(of changes: Int) -> Span {
        let wave = Wave.size(batch: WorkflowSettings(owner: "").batch, requestsPerSecond: requestsPerSecond)
        let calls = changes + (changes + wave - 1) / wave
        let waiting = max(0, Double(calls) - requestsPerSecond)
        return Span(milliseconds: Int64((waiting / requestsPerSecond * 1_000).rounded(.up)))
    }
}
