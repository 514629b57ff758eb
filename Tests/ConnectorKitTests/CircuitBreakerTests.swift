import AccessModel
import ConnectorKit
import Testing

@Suite struct CircuitBreakerTests {
    private let now = Instant(milliseconds: 5_000_000)

    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker(.init(failuresToOpen: 3, firstPause: .seconds(10), longestPause: .seconds(30)))
        for _ in 0..<3 { breaker.failed(.unreachable, at: now) }
        return breaker
    }

    @Test func opensAfterFailuresInARow() {
        var breaker = CircuitBreaker(.init(failuresToOpen: 3))
        breaker.failed(.unreachable, at: now)
        breaker.failed(.targetFailure, at: now)
        breaker.succeeded()
        breaker.failed(.unreachable, at: now)
        breaker.failed(.unreachable, at: now)
        #expect(breaker.state == .closed)
        breaker.failed(.unauthorized, at: now)
        #expect(breaker.state == .open(until: now + .seconds(10)))
        #expect(breaker.admit(.grant, at: now) == .wait(.seconds(10)))
    }

    @Test(arguments: [ConnectorError.Code.conflict, .invalid, .forbidden, .missingDependency, .throttled])
    func anAnswerAboutOneChangeDoesNotOpenIt(_ code: ConnectorError.Code) {
        var breaker = CircuitBreaker(.init(failuresToOpen: 1))
        for _ in 0..<10 { breaker.failed(code, at: now) }
        #expect(breaker.state == .closed)
    }

    @Test func oneProbeGoesAndClosesIt() {
        var breaker = opened()
        let later = now + .seconds(10)
        #expect(breaker.admit(.grant, at: later) == .go)
        #expect(breaker.admit(.grant, at: later) != .go)
        breaker.succeeded()
        #expect(breaker.admit(.grant, at: later) == .go)
        #expect(breaker.state == .closed)
    }

    @Test func eachFailedProbeDoublesThePause() {
        var breaker = opened()
        var time = now
        for pause in [20, 30, 30] as [Int64] {
            time = time + .seconds(60)
            #expect(breaker.admit(.grant, at: time) == .go)
            breaker.failed(.unreachable, at: time)
            #expect(breaker.state == .open(until: time + .seconds(pause)))
        }
    }

    @Test func aRevocationIsTheProbeAtOnce() {
        var breaker = opened()
        #expect(breaker.admit(.grant, at: now) != .go)
        #expect(breaker.admit(.revoke, at: now) == .go)
        #expect(breaker.admit(.revoke, at: now) == .wait(.seconds(1)))
    }

    @Test func aProbeThatWasNeverHeardOfIsReplaced() {
        var breaker = opened()
        #expect(breaker.admit(.revoke, at: now) == .go)
        #expect(breaker.admit(.revoke, at: now + .minutes(2)) == .go)
    }

    @Test func targetsDoNotShareABreaker() async throws {
        let (corp, other) = (try #require(Slug("corp")), try #require(Slug("other")))
        let breakers = CircuitBreakers(.init(failuresToOpen: 1), clock: { Instant(milliseconds: 0) })
        await breakers.failed(corp, .unreachable)
        #expect(await breakers.admit(.grant, to: corp) == .wait(.seconds(10)))
        #expect(await breakers.admit(.grant, to: other) == .go)
    }
}
