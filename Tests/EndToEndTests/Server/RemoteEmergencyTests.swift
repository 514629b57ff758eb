import Foundation
import StrictJSON
import TestSupport
import Testing

/// What is rare, and asked of a server as well: sealed grants, notices, a branch that was written anew.
@Suite struct RemoteEmergencyTests {
    private let marta = "marta@mountainlab.io"
    private let elena = "elena@mountainlab.io"

    @Test func aGrantIsSealedByAServerAndItsUseIsTakenInByOne() async throws {
        var office = try await Rehearsal.withSealingKeys()
        let file = office.path("marta.sealed")
        let seal = [
            "break-glass", "seal", "--group", "payments/live/admin", "--person", marta, "--target", "corp", "--for",
            "1h",
            "--valid-until", "2027-01-01", "--reason", "the region is down", "--out", file,
        ]
        let first = try await SignedInServer(office)
        #expect(try await first.ask(elena, seal).status == 3)
        #expect(!FileManager.default.fileExists(atPath: file))
        let sealed = try await first.ask(marta, seal + ["-o", "json"])
        #expect(sealed.status == 0, "\(sealed.everything)")
        #expect(try JSONParser.parse(sealed.output)["person"] == "e-0001")
        // What is there is not written over.
        #expect(try await first.ask(marta, seal).status == 1)
        try await first.stop()

        try await office.sign("marta.sealed", by: "lucia", "javi")
        office.clock = "2026-11-21T10:00:00Z"
        try await office.expect(0, "break-glass", "open", file, "--organization", "mountainlab")
        office.clock = "2026-11-21T10:30:00Z"
        try await office.expect(0, "break-glass", "close", file, "--organization", "mountainlab")

        office.clock = "2026-11-21T12:00:00Z"
        let second = try await SignedInServer(office)
        try await second.expect(3, elena, "break-glass", "reconcile", file)
        let intake = try await second.ask(marta, ["break-glass", "reconcile", file, "-o", "json"])
        let json = try JSONParser.parse(intake.output)
        #expect(intake.status == 0 && json["added"] == 4 && json["problem"] == .null, "\(intake.everything)")
        let again = try await second.expect(0, marta, "break-glass", "reconcile", file)
        #expect(again.output.contains("closed  0 new in the log"))
        let receipts = try String(contentsOfFile: file + ".receipts", encoding: .utf8)
        try office.write("marta.sealed.receipts", receipts.replacing("opening", with: "opened"))
        let altered = try await second.expect(1, marta, "break-glass", "reconcile", file)
        #expect(altered.errors.contains("the file was altered"), "\(altered.everything)")
        try await second.stop()
        try await office.expectGenuineLog()
    }

    @Test func noticesAreToldAndTried() async throws {
        let receiver = try HTTPDouble { _ in HTTPDouble.Response(204) }
        defer { receiver.stop() }
        var office = try await Rehearsal.applied()
        let bare = try await SignedInServer(office)
        let none = try await bare.expect(1, marta, "notice", "test")
        #expect(none.errors.contains("no route takes it"))
        try await bare.stop()
        office.environment["HOOK_SECRET"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        try office.write(
            "mountainlab/notices.yaml",
            """
            channels:
              - {name: hook, webhook: {url: "\(receiver.url)", secret: env:HOOK_SECRET}, timeout: 20s}
            routes:
              - {on: notice.test, by: hook}

            """)
        try await office.expect(0, "apply", "mountainlab", "--yes")
        let server = try await SignedInServer(office)
        try await server.expect(3, elena, "notice", "test")
        try await server.expect(1, marta, "notice", "test", "--to", "nobody")
        let tested = try await server.expect(0, marta, "notice", "test")
        #expect(tested.output.hasPrefix("1 told, 0 to be tried again, 0 given up"), "\(tested.everything)")
        #expect(receiver.requests.count == 1)
        try await server.expect(3, elena, "notice", "send")
        let sent = try await server.expect(0, marta, "notice", "send", "-o", "json")
        #expect(try JSONParser.parse(sent.output)["delivered"] == 0)
        try await server.stop()
        try await office.expectGenuineLog()
    }

    @Test func oneCommitOfABranchThatWasWrittenAnewIsAccepted() async throws {
        let office = try await Rehearsal.applied()
        let server = try await SignedInServer(office)
        try await server.expectEqual(["definitions", "show"])
        let commit = String(repeating: "5e", count: 20)
        let accept = ["definitions", "accept", commit, "--reason", "the history had a password in it"]
        #expect(try await server.ask(elena, accept).status == 3)
        try await server.expect(1, marta, "definitions", "accept", "main", "--reason", "x")
        #expect(try await office.json("audit", "log", "--type", "definitions.accepted").array?.isEmpty == true)
        let accepted = try await server.ask(marta, accept)
        #expect(accepted.status == 0 && accepted.errors.contains("\(commit) is followed"), "\(accepted.everything)")
        let log = try await office.json("audit", "log", "--type", "definitions.accepted").array
        #expect(log?.compactMap { $0["body"]?["commit"]?.string } == [commit])
        try await server.stop()
    }
}
