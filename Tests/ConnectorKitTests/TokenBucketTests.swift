import AccessModel
import ConnectorKit
import Testing

@Suite struct TokenBucketTests {
    private let start = Instant(milliseconds: 1_000_000)

    @Test func grantsLeaveTheRevocationsShare() {
        var bucket = TokenBucket(TokenBucket.Limit(requestsPerSecond: 8, burst: 8, revocationShare: 0.25), at: start)
        let granted = (0..<8).count { _ in bucket.take(.grant, at: start) == nil }
        #expect(granted == 6)
        #expect((0..<8).count { _ in bucket.take(.revoke, at: start) == nil } == 2)
    }

    @Test func theWaitIsWhenItIsWorthAskingAgain() throws {
        var bucket = TokenBucket(TokenBucket.Limit(requestsPerSecond: 4, burst: 1), at: start)
        #expect(bucket.take(.grant, at: start) == nil)
        let refused = bucket.take(.grant, at: start)
        let wait = try #require(refused)
        #expect(wait == Span(milliseconds: 250))
        #expect(bucket.take(.grant, at: start + wait) == nil)
    }

    @Test func theRateHoldsOverTime() {
        var bucket = TokenBucket(TokenBucket.Limit(requestsPerSecond: 10, burst: 5), at: start)
        let taken = (0..<10_000).count { bucket.take(.revoke, at: start + Span(milliseconds: Int64($0))) == nil }
        #expect(taken >= 103 && taken <= 105)
    }

    @Test func aClockThatJumpsBackGivesNothing() {
        var bucket = TokenBucket(TokenBucket.Limit(requestsPerSecond: 1, burst: 1), at: start)
        #expect(bucket.take(.revoke, at: start) == nil)
        #expect(bucket.take(.revoke, at: start - .hours(1)) != nil)
        #expect(bucket.take(.revoke, at: start - .hours(1) + .seconds(1)) == nil)
    }

    @Test func aPauseHoldsBothLanes() {
        var bucket = TokenBucket(TokenBucket.Limit(requestsPerSecond: 100), at: start)
        bucket.pause(for: .seconds(7), at: start)
        #expect(bucket.take(.revoke, at: start + .seconds(2)) == .seconds(5))
        #expect(bucket.take(.revoke, at: start + .seconds(7)) == nil)
    }

    @Test func aRateThatIsNoneStillEndsTheWait() {
        for rate in [0, -1, .nan, -.infinity] as [Double] {
            var bucket = TokenBucket(TokenBucket.Limit(requestsPerSecond: rate), at: start)
            #expect(bucket.take(.grant, at: start) == nil)
            #expect(bucket.take(.grant, at: start) != nil)
        }
    }
}
