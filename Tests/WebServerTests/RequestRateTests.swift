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

@Suite struct ClientBlockTests {
    /// Whoever has a network has as many addresses as they like.
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2::1", "20:1:d:b8:0:1:0:2/64"),
        ("2001:db8:1:2:ffff::9", "20:1:d:b8:0:1:0:2/64"), ("2001:db8:1:3::1", "20:1:d:b8:0:1:0:3/64"),
        ("local", "local"),
    ])
    func anAddressIsOfAClient(_ address: String, _ block: String) { #expect(RequestRate.block(address) == block) }

    @Test func oneNetworkIsOneClient() {
        let rate = RequestRate(perSecond: 2)
        let now = ContinuousClock.now
        #expect(rate.admit("2001:db8::1", at: now) && rate.admit("2001:db8::2", at: now))
        #expect(!rate.admit("2001:db8::3", at: now) && rate.admit("2001:db8:0:1::1", at: now))
    }
}
