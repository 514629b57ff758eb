import AccessModel
import Definitions
import Persistence
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Notices

@Suite("Notices go out")
struct NoticeDeliveryTests {
    @Test func onceToEachChannelAndRecipient() async throws {
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in nil }
            let eva = NoticeRecipient.address(Sample.email("eva"))
            try await world.add(
                NoticeWorld.notice(recipients: [.approvers: [eva, .person(Sample.id("e-0002"))], .requester: [eva]]))
            let ana = NoticePerson(address: Sample.email("ana"), name: "Ana")
            let summary = try await world.run(people: [Sample.id("e-0002"): ana])
            #expect(summary.delivered == 3 && summary.failed == 0)
            let sent = world.sent.withLock { $0 }.map { "\($0.channel) \($0.recipient)" }.sorted()
            #expect(sent == ["hook ", "mail ana@mountainlab.io", "mail eva@mountainlab.io"])
            #expect(try await world.run() == NoticeDelivery.Summary())
            #expect(try await world.records().map(\.type) == Array(repeating: "notice.delivered", count: 3))
        }
    }

    @Test func whatDoesNotCommitIsNotTold() async throws {
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in nil }
            struct Undone: Error {}
            await #expect(throws: Undone.self) {
                try await database.write { session in
                    try NoticeOutbox(session).add(NoticeWorld.notice())
                    throw Undone()
                }
            }
            _ = try await world.run()
            #expect(world.sent.withLock { $0 }.isEmpty)
        }
    }

    @Test func aFailureIsTriedAgainLaterAndGivenUpInTheEndWithARecord() async throws {
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in NoticeFailure("no\r\nanswer", isOfChannel: true) }
            try await world.add(NoticeWorld.notice(recipients: [:]))
            var attempts = 0
            var times: [Instant] = []
            while try await world.list().first?.state != .givenUp {
                let summary = try await world.run()
                attempts += summary.failed + summary.givenUp
                let delivery = try #require(try await world.list().first)
                #expect(delivery.problem == "no answer" || delivery.problem == "no  answer")
                guard let next = delivery.nextAttempt else { break }
                times.append(next)
                #expect(try await world.run() == NoticeDelivery.Summary())
                world.now.withLock { $0 = next }
            }
            // 5 s, 25 s, 105 s, 425 s, 1705 s after the first, and at the end of the hour.
            #expect(times.map { ($0 - Sample.now).seconds } == [5, 25, 105, 425, 1_705, 3_600])
            #expect(attempts == 7)
            let record = try #require(try await world.records().last)
            #expect(record.type == "notice.given_up" && record.body["attempts"]?.integer == 7)
        }
    }

    @Test func whatWillNeverBeTakenIsNotTriedAgain() async throws {
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { $0.channel == "mail" ? NoticeFailure("550", isFinal: true) : nil }
            try await world.add(NoticeWorld.notice())
            let summary = try await world.run()
            #expect(summary.delivered == 1 && summary.givenUp == 1 && summary.failed == 0)
        }
    }

    @Test func aStatedDelayIsHonoured() async throws {
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in NoticeFailure("slow down", retryAfter: .minutes(10)) }
            try await world.add(NoticeWorld.notice(recipients: [:]))
            _ = try await world.run()
            #expect(try await world.list().first?.nextAttempt == Sample.now + .minutes(10))
        }
    }

    @Test func breakGlassGoesFirst() async throws {
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in nil }
            for number in 1...5 { try await world.add(NoticeWorld.notice(number, recipients: [:])) }
            try await world.add(NoticeWorld.notice(.breakGlassActivated, 9, recipients: [:]))
            _ = try await world.run(concurrency: 1)
            #expect(world.sent.withLock { $0 }.first?.notice.kind == .breakGlassActivated)
        }
    }

    @Test func aChannelInTroubleCostsOneAttemptARunAndNoOtherChannel() async throws {
        try await withTemporaryDatabase { database in
            let asked = Mutex(0)
            let world = NoticeWorld(database) { delivery in
                guard delivery.channel == "hook" else { return nil }
                asked.withLock { $0 += 1 }
                return NoticeFailure("down", isOfChannel: true)
            }
            for number in 1...20 { try await world.add(NoticeWorld.notice(number)) }
            let summary = try await world.run(concurrency: 2)
            #expect(summary.delivered == 20)
            #expect(asked.withLock { $0 } <= 2)
        }
    }

    @Test func aRunEndsWithItsTimeAndTheRestStays() async throws {
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in
                do {
                    // So long that the run would be seen to hang if it waited.
                    try await Task.sleep(for: .seconds(86_400))
                    return nil
                } catch {
                    return NoticeFailure("cancelled")
                }
            }
            for number in 1...8 { try await world.add(NoticeWorld.notice(number, recipients: [:])) }
            // A machine that is busy may need all of its time before anything is sent: then it gets more.
            var budget = Span.seconds(5)
            var summary = try await world.run(budget: budget, concurrency: 2)
            while summary.failed == 0, budget < .minutes(10) {
                budget = Span(milliseconds: budget.milliseconds * 3)
                summary = try await world.run(budget: budget, concurrency: 2)
            }
            #expect(summary.delivered == 0 && summary.failed == 2)
            #expect(summary.problems["hook"]?.contains("no answer within") == true)
            #expect(try await world.list().count { $0.state == .waiting } == 8)
        }
    }

    @Test func whatIsPlannedWaitsForItsTimeAndCanBeTakenBack() async throws {
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in nil }
            let due = Sample.now + .hours(1)
            try await world.add(
                NoticeWorld.notice(.accessEnding, 1, due: due), NoticeWorld.notice(.accessEnding, 2, due: due))
            #expect(try await world.run() == NoticeDelivery.Summary())
            let withdrawn = try await database.write { session in
                try NoticeOutbox(session).withdraw(.accessEnding, about: "req-1")
            }
            #expect(withdrawn == 1)
            world.wait(.hours(1))
            _ = try await world.run()
            #expect(Set(world.sent.withLock { $0 }.map(\.notice.about)) == ["req-2"])
        }
    }

    @Test func twoRunsAtOnceTellEverythingOnce() async throws {
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in
                await Task.yield()
                return nil
            }
            for number in 1...40 { try await world.add(NoticeWorld.notice(number, recipients: [:])) }
            async let first = world.run()
            async let second = world.run()
            let delivered = try await (first.delivered, second.delivered)
            #expect(delivered.0 + delivered.1 == 40)
            #expect(Set(world.sent.withLock { $0 }.map(\.notice.id)).count == 40)
            #expect(world.sent.withLock { $0 }.count == 40)
        }
    }

    @Test func aRunThatDiedLeavesItToTheNext() async throws {
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in nil }
            try await world.add(NoticeWorld.notice(recipients: [:]))
            let claimed = try await database.write { session in
                let outbox = NoticeOutbox(session)
                _ = try outbox.route(
                    NoticeWorld.definitions(), people: [:], known: [Sample.id("e-0001")], at: Sample.now, limit: 9)
                return try outbox.claim(at: Sample.now, until: Sample.now + .minutes(2), limit: 9, without: [])
            }
            #expect(claimed.count == 1)
            #expect(try await world.run() == NoticeDelivery.Summary())
            world.wait(.minutes(2))
            #expect(try await world.run().delivered == 1)
            // The one that was thought dead comes back: its outcome counts no more.
            let isTaken = try await database.write { session in
                try NoticeOutbox(session).settle(claimed[0], .givenUp, next: nil, problem: "late")
            }
            #expect(!isTaken)
            #expect(try await world.list().first?.state == .delivered)
        }
    }

    @Test func aChannelThatIsGoneIsGivenUp() async throws {
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in NoticeFailure("down", isOfChannel: true) }
            try await world.add(NoticeWorld.notice(recipients: [:]))
            _ = try await world.run()
            world.wait(.hours(1))
            let summary = try await world.run(NoticeWorld.read("channels: []"))
            #expect(summary.givenUp == 1)
            #expect(summary.problems["hook"]?.contains("has no channel `hook`") == true)
        }
    }

    @Test func whatIsOverIsForgottenAfterAMonth() async throws {
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in nil }
            try await world.add(NoticeWorld.notice(1))
            _ = try await world.run()
            world.wait(.days(31))
            try await world.add(NoticeWorld.notice(2))
            _ = try await world.run()
            let left = try await world.list().map(\.notice.about)
            #expect(Set(left) == ["req-2"])
        }
    }

    @Test func delaysGrowAndStayBounded() {
        let delays = (1...20).map { NoticeRetry.delay(after: $0, asked: nil, chance: 0.5) }
        #expect(delays.first == .seconds(5) && delays[1] == .seconds(20) && delays.last == .hours(6))
        #expect(NoticeRetry.delay(after: 1, asked: nil, chance: 0) == .seconds(4))
        #expect(NoticeRetry.delay(after: 1, asked: .hours(9), chance: 0) == .hours(9))
    }
}
