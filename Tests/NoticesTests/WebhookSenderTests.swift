import AccessModel
import Definitions
import Foundation
import Persistence
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Notices

/// Against a double of a receiver; signatures are checked against the specification's example elsewhere.
@Suite("Webhooks")
struct WebhookSenderTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func deliver(
        _ statuses: [Int], runs: Int, _ check: ([HTTPDouble.Request], NoticeWorld) async throws -> Void
    ) async throws {
        let answered = Mutex(0)
        let receiver = try HTTPDouble { _ in
            let number = answered.withLock { count in
                defer { count += 1 }
                return count
            }
            return HTTPDouble.Response(statuses[min(number, statuses.count - 1)], body: Self.secret)
        }
        defer { receiver.stop() }
        let folder = try TemporaryFolder()
        for name in ["new", "old"] {
            let isWritten = FileManager.default.createFile(
                atPath: folder.path(name), contents: Data((Self.secret + "\n").utf8),
                attributes: [.posixPermissions: 0o600])
            #expect(isWritten)
        }
        let definitions = NoticeWorld.read(
            "channels: [{name: hook, webhook: {url: \"\(receiver.url)/in\", secret: file:new, previous_secret: file:old}}]"
        )
        try await withTemporaryDatabase { database in
            let world = NoticeWorld(database) { _ in nil }
            try await world.add(NoticeWorld.notice(recipients: [:]))
            for _ in 0..<runs {
                let delivery = NoticeDelivery(
                    database: database, definitions: definitions, organization: Sample.slug("acme"),
                    baseDirectory: folder.path, people: { _ in [:] }, now: { world.now.withLock { $0 } })
                _ = try await delivery.run(budget: .seconds(10))
                world.wait(.hours(7))
            }
            try await check(receiver.requests, world)
        }
    }

    @Test func aRepeatHasTheSameIDAndBodyAndItsOwnTimeAndSignatures() async throws {
        try await deliver([500, 200], runs: 2) { requests, world in
            #expect(requests.count == 2)
            let (first, second) = (try #require(requests.first), try #require(requests.last))
            #expect(first.method == "POST" && first.path == "/in")
            #expect(first.headers["content-type"] == "application/json")
            #expect(first.headers["webhook-id"] == "ntc-1" && second.headers["webhook-id"] == "ntc-1")
            #expect(first.body == second.body)
            let times = try requests.map { try #require($0.headers["webhook-timestamp"].flatMap { Int64($0) }) }
            #expect(times == [Sample.now.milliseconds / 1_000, Sample.now.milliseconds / 1_000 + 7 * 3_600])
            let signature = try WebhookSignature(secret: SecretText(Self.secret), of: Sample.slug("hook"))
            for (request, time) in zip(requests, times) {
                let expected = signature.sign(id: "ntc-1", timestamp: time, body: Array(request.body.utf8))
                #expect(request.headers["webhook-signature"] == "\(expected) \(expected)")
            }
            let body = try JSONParser.parse(first.body)
            #expect(body["type"]?.string == "access.requested")
            #expect(body["timestamp"]?.string == Sample.now.description)
            #expect(body["data"]?["organization"]?.string == "acme" && body["data"]?["about"]?.string == "req-1")
            #expect(body.object?.names.sorted() == ["data", "timestamp", "type"])
            #expect(try await world.list().first?.state == .delivered)
        }
    }

    @Test func aReceiverThatIsGoneIsLeftInPeace() async throws {
        try await deliver([410], runs: 2) { requests, world in
            let delivery = try await world.list().first
            #expect(requests.count == 1)
            #expect(delivery?.state == .givenUp)
        }
    }

    @Test(arguments: [301, 400, 404, 429, 503])
    func everythingElseIsTriedAgainAndShowsNoSecret(_ status: Int) async throws {
        try await deliver([status, 204], runs: 2) { requests, world in
            let delivery = try await world.list().first
            #expect(requests.count == 2)
            #expect(delivery?.state == .delivered && delivery?.problem == nil)
        }
        try await deliver([status], runs: 1) { _, world in
            let problem = try #require(try await world.list().first?.problem)
            #expect(problem.contains("\(status)") && !problem.contains(Self.secret))
        }
    }
}
