/// What measures how old something is.
public struct SteadyClock: Sendable {
    let now: @Sendable () -> ContinuousClock.Instant

    public init(_ now: @escaping @Sendable () -> ContinuousClock.Instant) { self.now = now }
}

/// Something that is read once for all who ask: it is never given out once it is a second old. When half of that has passed it
/// is read ahead, so that whoever asks all the time waits for no reading.
actor Recent<Value: Sendable> {
    typealias Reading = @Sendable (_ last: Value?) async throws -> Value

    private let steady: SteadyClock
    private let read: Reading
    private var known: (value: Value, at: ContinuousClock.Instant)?
    private var reading: Task<Value, any Error>?

    /// - Parameter read: Told of what was read last.
    init(by steady: SteadyClock, _ read: @escaping Reading) {
        self.steady = steady
        self.read = read
    }

    func current() async throws -> Value {
        let now = steady.now()
        if let known, now - known.at < .seconds(1) {
            // What goes wrong ahead is said to whoever has to wait for it.
            if now - known.at >= .milliseconds(500) { _ = begin(at: now) }
            return known.value
        }
        return try await begin(at: now).value
    }

    private func begin(at now: ContinuousClock.Instant) -> Task<Value, any Error> {
        if let reading { return reading }
        let last = known?.value
        let task = Task {
            defer { reading = nil }
            let value = try await read(last)
            known = (value, now)
            return value
        }
        reading = task
        return task
    }
}
