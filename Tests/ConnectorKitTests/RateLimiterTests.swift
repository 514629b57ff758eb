import AccessModel
import ConnectorKit
import Synchronization
import Testing

@Suite struct RateLimiterTests {
    @Test func revocationsOvertakeGrantsThatWait() async throws {
        let clock = SteppedClock()
        let gate = Shared(false)
        let limiter = RateLimiter(
            TokenBucket.Limit(requestsPerSecond: 1, burst: 1), clock: { clock.now },
            sleep: { span in
                while !gate.value { await Task.yield() }
                clock.advance(span)
            })
        try await limiter.acquire(.grant)
        let order = Shared<[String]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in [Change.Lane.grant, .grant, .revoke] {
                let waiting = await limiter.waiting
                group.addTask {
                    try await limiter.acquire(lane)
                    order.change { $0.append(lane.rawValue) }
                }
                while await limiter.waiting == waiting { await Task.yield() }
            }
            gate.change { $0 = true }
            try await group.waitForAll()
        }
        #expect(order.value.first == "revoke")
        #expect(await limiter.waiting == 0)
    }

    @Test func oneWhoGivesUpTakesNothing() async throws {
        let clock = SteppedClock()
        let limiter = RateLimiter(
            TokenBucket.Limit(requestsPerSecond: 1, burst: 1), clock: { clock.now }, sleep: { _ in await Task.yield() })
        try await limiter.acquire(.revoke)
        let task = Task<Void, any Error> { @Sendable in try await limiter.acquire(.revoke) }
        while await limiter.waiting == 0 { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(await limiter.waiting == 0)
        clock.advance(.seconds(1))
        try await limiter.acquire(.revoke)
    }

    @Test func aWaveIsServedWhole() async throws {
        let clock = SteppedClock()
        let limiter = RateLimiter(
            TokenBucket.Limit(requestsPerSecond: 50, burst: 10), clock: { clock.now }, sleep: { clock.advance($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<1_000 {
                group.addTask { try await limiter.acquire(number.isMultiple(of: 5) ? .revoke : .grant) }
            }
            try await group.waitForAll()
        }
        #expect(clock.now >= Instant(milliseconds: 19_000))
        #expect(clock.now <= Instant(milliseconds: 22_000))
    }
}

/// A world in which time passes only by sleeping.
private final class SteppedClock: Sendable {
    private let time = Mutex(Instant(milliseconds: 0))
    var now: Instant { time.withLock { $0 } }
    func advance(_ span: Span) { time.withLock { $0 = $0 + span } }
}

/// A value that tasks share.
private final class Shared<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    init(_ value: Value) { stored = Mutex(value) }

    var value: Value { stored.withLock { $0 } }

    func change(_ body: (inout sending Value) -> Void) { stored.withLock { body(&$0) } }
}
