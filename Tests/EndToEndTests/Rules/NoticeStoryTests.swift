import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing

/// The life of a window, told to a webhook and by mail: every word once, and signed.
@Suite struct NoticeStoryTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private let live = "payments/live/contributor"

    private func office(_ url: String, mail port: Int? = nil) async throws -> Rehearsal {
        var office = try await Rehearsal.applied()
        office.environment["HOOK_SECRET"] = Self.secret
        var lines = [
            "channels:", "  - {name: hook, webhook: {url: \"\(url)\", secret: env:HOOK_SECRET}, timeout: 2s}",
        ]
        if let port {
            lines.append(
                "  - {name: mail, smtp: {host: 127.0.0.1, port: \(port), security: none, from: tenure@mountainlab.io}}")
        }
        lines += ["routes:", "  - {on: \"*\", by: hook}"]
        if port != nil {
            lines += [
                "  - {on: [access.opened, access.ending, access.closed, access.lost], to: requester, by: mail}",
                "  - {on: access.requested, to: approvers, by: mail}",
                "  - {on: breakglass.activated, to: responders, by: mail}",
            ]
        }
        try office.write("mountainlab/notices.yaml", lines.joined(separator: "\n") + "\n")
        try await office.expect(0, "apply", "mountainlab", "--yes")
        return office
    }

    /// `TYPE PERSON`, in the order in which they came.
    private func told(_ receiver: HTTPDouble) throws -> [String] {
        try receiver.requests.map { request in
            let body = try JSONParser.parse(request.body)
            return "\(body["type"]?.string ?? "") \(body["data"]?["person"]?.string ?? "")"
        }
    }

    @Test func theStoryOfThreeWindowsIsToldOnceAndSigned() async throws {
        guard let mail = try await MailServer.start(.none) else { return }
        let receiver = try HTTPDouble { _ in HTTPDouble.Response(204) }
        defer { receiver.stop() }
        var office = try await office(receiver.url, mail: mail.port)

        office.clock = "2026-11-21T09:00:00Z"
        let asked = try await office.json(
            "access", "request", live, "--reason", "INC-7", "--for", "1h", "--as", "javi@mountainlab.io")
        let id = try #require(asked["id"]?.string)
        office.clock = "2026-11-21T09:10:00Z"
        try await office.expect(0, "access", "approve", id, "--as", "nora@mountainlab.io")
        office.clock = "2026-11-21T09:20:00Z"
        try await office.expect(0, "access", "request", "payments/sandbox/contributor", "--as", "ana@mountainlab.io")
        office.clock = "2026-11-21T09:30:30Z"
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        office.clock = "2026-11-21T09:40:00Z"
        try await office.expect(
            0, "access", "break-glass", "payments/live/admin", "--reason", "checkout is down", "--as",
            "lucia@mountainlab.io")
        for clock in ["2026-11-21T09:54:00Z", "2026-11-21T09:56:00Z", "2026-11-21T10:11:00Z", "2026-11-21T10:41:00Z"] {
            office.clock = clock
            try await office.expect(0, "reconcile")
        }
        // Ana's window was lost: of its end, in the afternoon, nobody is told beforehand.
        office.clock = "2026-11-21T20:00:00Z"
        try await office.expect(0, "reconcile")

        let story = try told(receiver).filter { !$0.hasPrefix("hold.") }
        #expect(
            story.sorted() == [
                "access.closed e-0002", "access.closed e-0003", "access.closed e-0006", "access.ending e-0002",
                "access.granted e-0002", "access.granted e-0003", "access.lost e-0003", "access.opened e-0002",
                "access.opened e-0003", "access.opened e-0006", "access.requested e-0002",
                "breakglass.activated e-0006",
            ])
        func place(_ word: String) -> Int { story.firstIndex(of: word) ?? -1 }
        #expect(place("access.requested e-0002") < place("access.granted e-0002"))
        #expect(place("access.opened e-0002") < place("access.ending e-0002"))
        #expect(place("access.ending e-0002") < place("access.closed e-0002"))
        try expectSigned(receiver.requests)
        try expectTold(try mail.messages())
        try expectWindowsNamed(receiver, request: id)
        try await office.expectGenuineLog()
    }

    /// Each has an id of its own, and a signature that another implementation makes too.
    private func expectSigned(_ requests: [HTTPDouble.Request]) throws {
        #expect(Set(requests.compactMap { $0.headers["webhook-id"] }).count == requests.count)
        let key = try #require(Data(base64Encoded: String(Self.secret.dropFirst("whsec_".count))))
        let hex = key.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        for request in requests {
            let id = try #require(request.headers["webhook-id"])
            let time = try #require(request.headers["webhook-timestamp"])
            let said = try LDAPTool.require(
                "openssl", ["dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:\(hex)"],
                input: "\(id).\(time).\(request.body)")
            let digest = try #require(said.split(separator: " ").last).filter { !$0.isWhitespace }
            let bytes = stride(from: 0, to: digest.count, by: 2).compactMap { place -> UInt8? in
                UInt8(digest.dropFirst(place).prefix(2), radix: 16)
            }
            #expect(request.headers["webhook-signature"] == "v1," + Data(bytes).base64EncodedString())
        }
    }

    /// Javi of the window's course, ana of hers and of what javi asked for, others of the broken glass.
    private func expectTold(_ messages: [MailServer.Message]) throws {
        // Javi is paged as well, as an admin of the platform.
        let pages = messages.filter { $0.data.contains("checkout is down") }
        #expect(pages.contains { !$0.recipients.contains("lucia@mountainlab.io") })
        func count(_ name: String) -> Int {
            messages.count {
                $0.recipients == ["\(name)@mountainlab.io"]
                    && (name == "lucia" || !$0.data.contains("checkout is down"))
            }
        }
        #expect(count("javi") == 3)
        #expect(count("ana") == 4)
        #expect(count("lucia") == 2)
        #expect(count("nora") >= 1 && count("marta") >= 1)
        #expect(messages.allSatisfy { $0.recipients.count == 1 })
    }

    /// What became of a window by itself names the window, its request and its end, like what somebody did.
    private func expectWindowsNamed(_ receiver: HTTPDouble, request id: String) throws {
        let bodies = try receiver.requests.map { try JSONParser.parse($0.body) }
        for type in ["access.opened", "access.closed", "access.granted"] {
            let data = try #require(
                bodies.first { $0["type"]?.string == type && $0["data"]?["person"]?.string == "e-0002" })["data"]
            #expect(data?["request"]?.string == id, "\(type)")
            #expect(data?["window"]?.string?.hasPrefix("win-") == true, "\(type)")
            #expect(data?["until"]?.string?.hasPrefix("2026-11-21T10:1") == true, "\(type)")
            #expect(data?["group"]?.string == "payments/live/contributor", "\(type)")
        }
    }

    /// Whoever is to be told and hangs, or is gone, keeps nobody in.
    @Test func aDeadReceiverBlocksNoRevocation() async throws {
        let receiver = try HTTPDouble { _ in
            Thread.sleep(forTimeInterval: 20)
            return .hangUp
        }
        defer { receiver.stop() }
        var office = try await office(receiver.url)
        office.clock = "2026-11-21T09:00:00Z"
        try await office.expect(0, "access", "request", "payments/sandbox/contributor", "--as", "ana@mountainlab.io")
        try await office.expect(
            0, "access", "request", "payments/sandbox/contributor", "--for", "1h", "--as", "javi@mountainlab.io")
        func holds(_ person: String) async throws -> Int {
            try await office.access(of: person).count { $0.contains("payments-sandbox-contributors") }
        }
        #expect(try await holds("e-0002") == 2)
        office.clock = "2026-11-21T09:30:30Z"
        let left = try await office.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        #expect(left.duration < .seconds(20))
        #expect(try await office.access(of: "e-0003") == ["corp account disabled", "shop account disabled"])
        office.clock = "2026-11-21T10:00:30Z"
        try await office.expect(0, "reconcile")
        #expect(try await holds("e-0002") == 0)
        let waiting = try #require(try await office.json("notice", "list").array)
        #expect(waiting.contains { $0["state"]?.string == "waiting" })
        try await office.expectGenuineLog()
    }
}
