import Foundation
import StrictJSON
import TestSupport
import Testing

/// The work of an organisation, all of it asked of a server.
@Suite(.serialized) struct RemoteWorkTests {
    private let marta = "marta@mountainlab.io"

    @Test func aWindowIsAskedForAgreedToAndGivenBack() async throws {
        var rehearsal = try await Rehearsal.applied()
        rehearsal.clock = "2026-11-21T09:00:00Z"
        let server = try await SignedInServer(rehearsal)
        let asked = try await server.ask(
            "javi@mountainlab.io",
            ["access", "request", "payments/live/contributor", "--reason", "INC-7", "--for", "1h", "-o", "json"])
        #expect(asked.status == 0, "\(asked.everything)")
        let ticket = try JSONParser.parse(asked.output)
        let id = try #require(ticket["id"]?.string)
        #expect(ticket["state"] == "pending")
        // Nobody agrees to their own; an edit in between is seen.
        try await server.expect(3, "javi@mountainlab.io", "access", "approve", id)
        try await server.expect(1, "ana@mountainlab.io", "access", "approve", id, "--hash", "0123")
        let open = try await server.expect(0, "ana@mountainlab.io", "access", "approve", id)
        #expect(open.output.contains("open"))
        #expect(try await rehearsal.access(of: "e-0002").contains { $0.hasSuffix("payments-live-contributors e-0002") })
        let over = try await server.expect(0, "javi@mountainlab.io", "access", "release", id)
        #expect(over.output.contains("closed"))
        let listed = try await server.expect(0, marta, "case", "list", "--person", "e-0002")
        #expect(listed.output.contains("access"))
        try await server.stop()
        try await rehearsal.expectGenuineLog()
    }

    @Test func filesAreSentPlannedReviewedAndApplied() async throws {
        var rehearsal = try await Rehearsal.applied()
        rehearsal.clock = "2026-11-21T09:11:00Z"
        let server = try await SignedInServer(rehearsal)
        try rehearsal.moveHugoInFiles()
        // Files are the platform's.
        try await server.expect(3, "ana@mountainlab.io", "plan", "mountainlab")
        try await server.expect(3, "ana@mountainlab.io", "apply", "mountainlab", "--yes")
        let planned = try await server.expect(
            2, marta, "plan", "mountainlab", "--out", "plan.json", "--detailed-exitcode")
        #expect(planned.errors.contains("The plan is in plan.json"))
        let altered = try rehearsal.read("plan.json").replacing("ivan@mountainlab.io", with: "noah@mountainlab.io")
        try rehearsal.write("altered.json", altered)
        try await server.expect(1, marta, "apply", "altered.json")
        let applied = try await server.expect(0, marta, "apply", "plan.json")
        #expect(applied.output.contains("applied and read back"))
        #expect(try await rehearsal.access(of: "e-0011").contains("corp membership insights-live-readers e-0011"))
        let again = try await server.expect(1, marta, "apply", "plan.json")
        #expect(again.errors.contains("the world has changed since it was reviewed"))
        try await server.expect(0, marta, "plan", "mountainlab", "--detailed-exitcode")
        // A folder, and what its people become.
        try rehearsal.edit("mountainlab/tenants/payments.yaml") { text in
            text.replacing("- carmen@mountainlab.io", with: "- carmen@mountainlab.io\n    - elena@mountainlab.io")
        }
        try await server.expect(2, marta, "apply", "mountainlab", "--yes", "--detailed-exitcode")
        let who = try await server.expect(0, marta, "who", "payments/live/reader", "-o", "json")
        #expect(who.output.contains("e-0019"))
        try await server.expect(0, marta, "reconcile", "--detailed-exitcode")
        try await server.stop()
        try await rehearsal.expectGenuineLog()
    }

    @Test func feedsEventsClientsAndTheLog() async throws {
        var rehearsal = try await Rehearsal.applied()
        rehearsal.clock = "2026-11-21T09:11:00Z"
        let server = try await SignedInServer(rehearsal)
        let left = try rehearsal.event("l-1", "left", "e-0003", time: "2026-11-21T09:10:00Z")
        let taken = try await server.expect(0, marta, "event", left, "--apply")
        #expect(taken.output.contains("left: e-0003") && taken.output.contains("no access left"), "\(taken.everything)")
        #expect(try await rehearsal.access(of: "e-0003") == ["corp account disabled", "shop account disabled"])
        try rehearsal.write(
            "short.csv",
            try rehearsal.feed(without: Set((18...29).map { "e-00\($0)" }), asOf: "2026-11-21T09:05:00Z"))
        let held = try await server.expect(3, marta, "people", "import", "short.csv")
        #expect(held.output.contains("held: "), "\(held.everything)")
        let added = try await server.expect(0, marta, "scim", "client", "add", "okta")
        #expect(added.output.contains("token   "))
        try await server.expect(3, "elena@mountainlab.io", "scim", "client", "list")
        try await server.expect(0, marta, "scim", "client", "revoke", "okta")
        // The log leaves the server, and is verified without it.
        let exported = try await server.expect(0, marta, "audit", "export", "log.ndjson", "-o", "json")
        let key = try #require(try JSONParser.parse(exported.output)["key"]?.string)
        let verified = try await rehearsal.json("audit", "verify", "log.ndjson", "--key", key)
        #expect(verified["records"]?.integer == (try JSONParser.parse(exported.output))["records"]?.integer)
        try await server.expect(0, marta, "audit", "prove", "3", "--out", "proof.json")
        try await rehearsal.expect(0, "audit", "verify", "proof.json", "--proof", "--key", key)
        let replay = try await server.ask(marta, ["policy", "replay", "mountainlab"])
        #expect(replay.status == 0, "\(replay.everything)")
        try await server.stop()
    }
}
