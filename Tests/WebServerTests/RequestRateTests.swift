import Testing

@testable import WebServer

@Suite struct RequestRateTests {
    @Test func aSecondsWorthAtOnceAndThenOneAtATime() {
        let rate = RequestRate(perSecond: 10)
        let now = ContinuousClock.now
        #expect((0..<20).count { _ in rate.admit("a", at: now) } == 10)
        #expect(rate.admit("b", at: now))
        #expect(!rate.admit("a", at: now + .milliseconds(99)))
        #expect(rate.admit("a", at: now + .milliseconds(101)))
        #expect(!rate.admit("a", at: now + .milliseconds(102)))
        #expect((0..<20).count { _ in rate.admit("a", at: now + .seconds(60)) } == 10)
    }

    @Test func memoryIsBounded() {
        let rate = RequestRate(perSecond: 1)
        let now = ContinuousClock.now
        for number in 0...(RequestRate.remembered + 10) { #expect(rate.admit("a\(number)", at: now)) }
    }
}
