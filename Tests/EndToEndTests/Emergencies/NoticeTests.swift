import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing

/// What happens is told, after it happened, and nothing waits for that.
@Suite struct NoticeTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func office(_ url: String) async throws -> Rehearsal {
        var office = try await Rehearsal.applied()
        office.environment["HOOK_SECRET"] = Self.secret
        try office.write(
            "mountainlab/notices.yaml",
            """
            channels:
              - {name: hook, webhook: {url: "\(url)", secret: env:HOOK_SECRET}, timeout: 2s}
            routes:
              - {on: "*", by: hook}
              - {on: notice.test, by: hook}

            """)
        try await office.expect(0, "apply", "mountainlab", "--yes")
        return office
    }

    private func holdSomething(_ office: Rehearsal) async throws {
        try office.write("cut.csv", String(try office.read("mountainlab/hr/people.csv").prefix(900)))
        try await office.expect(3, "people", "import", "cut.csv")
    }

    @Test func aHoldIsToldWithTheCommandThatCausedIt() async throws {
        let receiver = try HTTPDouble { _ in HTTPDouble.Response(204) }
        defer { receiver.stop() }
        let office = try await office(receiver.url)
        try await holdSomething(office)
        let request = try #require(receiver.requests.first)
        let body = try JSONParser.parse(request.body)
        #expect(body["type"]?.string == "hold.opened" && body["data"]?["what"]?.string == "feed")
        #expect(request.headers["webhook-signature"]?.hasPrefix("v1,") == true)
        #expect(try await office.json("audit", "log", "--type", "notice.delivered").array?.count == 1)
        // Told once, whatever comes after it.
        try await office.expect(0, "reconcile")
        #expect(receiver.requests.count == 1)
        try await office.expectGenuineLog()
    }

    @Test func aReceiverThatIsDownAltersNothingAndIsToldLater() async throws {
        let isDown = Mutex(true)
        let receiver = try HTTPDouble { _ in isDown.withLock { $0 } ? .hangUp : HTTPDouble.Response(200) }
        defer { receiver.stop() }
        var office = try await office(receiver.url)
        try await holdSomething(office)
        let waiting = try #require(try await office.json("notice", "list").array?.first)
        #expect(waiting["state"]?.string == "waiting" && waiting["attempts"]?.integer == 1)
        // A leaver is out meanwhile, as ever.
        office.clock = "2026-11-21T09:30:30Z"
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        #expect(try await office.access(of: "e-0003") == ["corp account disabled", "shop account disabled"])
        isDown.withLock { $0 = false }
        office.clock = "2026-11-21T10:30:30Z"
        let sent = try await office.json("notice", "send")
        #expect(sent["delivered"]?.integer == 1 && sent["failed"]?.integer == 0)
        #expect(Set(receiver.requests.compactMap { $0.headers["webhook-id"] }).count == 1)
        #expect(try await office.json("notice", "list").array?.isEmpty == true)
    }

    @Test func aReceiverThatHangsCostsACommandSecondsAtMost() async throws {
        let end = DispatchSemaphore(value: 0)
        let receiver = try HTTPDouble { _ in
            end.wait()
            end.signal()
            return HTTPDouble.Response(200)
        }
        defer {
            end.signal()
            receiver.stop()
        }
        let office = try await office(receiver.url)
        try office.write("cut.csv", String(try office.read("mountainlab/hr/people.csv").prefix(900)))
        let held = try await office.expect(3, "people", "import", "cut.csv")
        // It has ended though the receiver has not answered.
        #expect(held.errors.contains("warning: notices by hook"))
    }

    @Test func aTestSaysWhetherItArrived() async throws {
        let receiver = try HTTPDouble { request in HTTPDouble.Response(request.body.contains("test") ? 200 : 500) }
        defer { receiver.stop() }
        var office = try await office(receiver.url)
        try await office.expect(0, "notice", "test")
        office.environment["HOOK_SECRET"] = "no-secret"
        let failed = try await office.expect(1, "notice", "test")
        #expect(failed.errors.contains("whsec_") && !failed.errors.contains("no-secret"))
    }
}
