import Synchronization
import Testing

@testable import API

@Suite("What is read once for all who ask", .timeLimit(.minutes(1))) struct RecentTests {
    /// Counts what is read, by a clock that is set.
    private final class Source: Sendable {
        struct Failure: Error {}

        private struct State {
            var now = ContinuousClock.now
            var readings = 0
            var isFailing = false
        }

        private let state = Mutex(State())

        var readings: Int { state.withLock { $0.readings } }

        func pass(_ duration: Duration) { state.withLock { $0.now += duration } }

        func fail(_ isFailing: Bool) { state.withLock { $0.isFailing = isFailing } }

        func recent() -> Recent<Int> {
            Recent(by: SteadyClock { [self] in state.withLock { $0.now } }) { [self] last in
                try state.withLock { state in
                    guard !state.isFailing else { throw Failure() }
                    state.readings += 1
                    #expect(last == (state.readings == 1 ? nil : state.readings - 1))
                    return state.readings
                }
            }
        }

        /// Until so many were read; false where that never happens.
        func isRead(_ count: Int) async throws -> Bool {
            let end = ContinuousClock.now + .seconds(20)
            while readings < count, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
            return readings == count
        }
    }

    @Test func nothingIsGivenOutOnceItIsASecondOld() async throws {
        let source = Source()
        let recent = source.recent()
        #expect(try await recent.current() == 1)
        source.pass(.milliseconds(499))
        #expect(try await recent.current() == 1)
        #expect(source.readings == 1)
        source.pass(.milliseconds(501))
        #expect(try await recent.current() == 2)
    }

    @Test func itIsReadAheadForWhoAsksAllTheTime() async throws {
        let source = Source()
        let recent = source.recent()
        #expect(try await recent.current() == 1)
        source.pass(.milliseconds(500))
        // Whoever asks now does not wait, and the next one has the new one.
        #expect(try await recent.current() == 1)
        #expect(try await source.isRead(2))
        while try await recent.current() == 1 { await Task.yield() }
        source.pass(.milliseconds(499))
        #expect(try await recent.current() == 2)
        #expect(source.readings == 2)
    }

    @Test func whatGoesWrongAheadIsSaidToWhoeverHasToWait() async throws {
        let source = Source()
        let recent = source.recent()
        #expect(try await recent.current() == 1)
        source.fail(true)
        source.pass(.milliseconds(600))
        #expect(try await recent.current() == 1)
        source.pass(.milliseconds(400))
        await #expect(throws: Source.Failure.self) { try await recent.current() }
        source.fail(false)
        #expect(try await recent.current() == 2)
    }

    @Test func manyWhoAskAtOnceAreOneReading() async throws {
        let source = Source()
        let recent = source.recent()
        let values = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { try await recent.current() } }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(values == [1])
        #expect(source.readings == 1)
    }
}
