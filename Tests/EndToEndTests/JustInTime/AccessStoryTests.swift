import Foundation
import StrictJSON
import TestSupport
import Testing

/// Just-in-time access through the real command.
@Suite struct AccessStoryTests {
    private let group = "payments/live/contributor"
    private let slug = "payments-live-contributors"

    private func holds(_ office: Rehearsal, _ person: String, _ slug: String) async throws -> Int {
        try await office.access(of: person).count { $0.hasSuffix("membership \(slug) \(person)") }
    }

    @Test func aWindowIsAskedForApprovedAndOver() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:00:00Z"
        let asked = try await office.json(
            "access", "request", group, "--reason", "INC-7", "--for", "1h", "--as", "javi@mountainlab.io")
        let id = try #require(asked["id"]?.string)
        #expect(asked["state"]?.string == "pending" && asked["asserted"]?.bool == true)
        #expect(asked["waits_for"]?.array?.compactMap(\.string) == ["e-0001", "e-0003", "e-0008"])
        #expect(try await holds(office, "e-0002", slug) == 0)
        let said = try await office.expect(0, "access", "list")
        #expect(said.output.contains(id) && said.output.contains("pending"))
        try await office.expect(3, "access", "approve", id, "--as", "e-0002")
        try await office.expect(3, "access", "approve", id, "--as", "pedro@mountainlab.io")
        try await office.expect(1, "access", "approve", id)
        try await office.expect(1, "access", "approve", "req-unknown", "--as", "ana@mountainlab.io")

        office.clock = "2026-11-21T09:10:00Z"
        let open = try await office.json("access", "approve", id, "--as", "ana@mountainlab.io")
        #expect(open["state"]?.string == "open")
        #expect(open["window"]?["approved_by"]?.array?.compactMap(\.string) == ["e-0003"])
        #expect(try await holds(office, "e-0002", slug) == 2)
        let who = try await office.json("who", group)
        let member = who["members"]?.array?.first
        #expect(member?["identity"]?.string == "e-0002" && member?["observed"]?.bool == true)
        #expect(member?["windows"]?.array?.first?["reason"]?.string == "INC-7")
        let why = try await office.expect(0, "explain", "e-0002")
        #expect(why.output.contains("INC-7") && why.output.contains("approved by e-0003"))
        try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode")

        office.clock = "2026-11-21T10:09:00Z"
        try await office.expect(0, "reconcile", "--detailed-exitcode")
        office.clock = "2026-11-21T10:11:00Z"
        try await office.expect(2, "reconcile", "--detailed-exitcode")
        #expect(try await holds(office, "e-0002", slug) == 0)
        #expect(try await office.json("access", "show", id)["state"]?.string == "closed")
        #expect(try await office.json("who", group)["members"]?.array?.isEmpty == true)
        let then = try await office.json("who", group, "--at", "2026-11-21T09:30:00Z")
        #expect(then["members"]?.array?.first?["windows"]?.array?.first?["state"]?.string == "open")
        try await office.expectGenuineLog()
    }

    @Test func aClockThatIsSteppedGivesNothingEarlyAndNothingLate() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:00:00Z"
        let asked = try await office.json(
            "access", "request", "payments/sandbox/contributor", "--for", "1h", "--start", "2026-11-21T12:00:00Z",
            "--as",
            "e-0002")
        #expect(asked["state"]?.string == "scheduled")
        let slug = "payments-sandbox-contributors"
        for (clock, expected) in [
            ("2026-11-21T08:59:59Z", 0), ("2026-11-21T10:00:00Z", 0), ("2025-11-21T10:00:00Z", 0),
            ("2026-11-21T11:59:50Z", 0), ("2026-11-21T12:00:01Z", 2), ("2026-11-21T11:00:00Z", 2),
            ("2026-11-21T12:59:50Z", 2), ("2026-11-21T13:00:00Z", 0), ("2026-11-21T12:59:59Z", 0),
            ("2026-11-21T12:00:01Z", 0), ("2025-11-21T12:30:00Z", 0), ("2027-11-21T12:30:00Z", 0),
        ] {
            office.clock = clock
            try await office.expect(0, "reconcile")
            #expect(try await holds(office, "e-0002", slug) == expected, "at \(clock)")
        }
    }

    @Test func brokenGlassIsReviewedBySomebodyElse() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:00:00Z"
        let group = "payments/live/admin"
        try await office.expect(3, "access", "break-glass", group, "--reason", "x", "--as", "nora@mountainlab.io")
        let broken = try await office.json(
            "access", "break-glass", group, "--reason", "checkout is down", "--as", "lucia@mountainlab.io")
        let id = try #require(broken["id"]?.string)
        #expect(broken["state"]?.string == "open" && broken["kind"]?.string == "break-glass")
        #expect(broken["informed"]?.array?.isEmpty == false)
        #expect(try await holds(office, "e-0006", "payments-live-admins") == 2)
        try await office.expect(
            3, "access", "review", id, "--as", "e-0006", "--outcome", "justified", "--note", "fine")
        office.clock = "2026-11-22T09:00:30Z"
        let blocked = try await office.expect(
            3, "access", "break-glass", group, "--reason", "again", "--as", "e-0006")
        #expect(blocked.errors.contains(id))
        #expect(try await holds(office, "e-0006", "payments-live-admins") == 0)
        let reviewed = try await office.json(
            "access", "review", id, "--as", "marta@mountainlab.io", "--outcome", "misused", "--note", "it was up")
        #expect(reviewed["review"]?["outcome"]?.string == "misused")
        try await office.expect(0, "access", "break-glass", group, "--reason", "again", "--as", "e-0006")
        let slis = try await office.json("report", "slis")
        #expect(slis["M6"]?["n"]?.integer == 2 && slis["M9"]?["value"]?.integer == 2)
        let log = try await office.json("audit", "log", "--type", "access.opened")
        #expect(log.array?.contains { $0["body"]?["activation"]?.string == id } == true)
        try await office.expectGenuineLog()
    }

    @Test func whoeverLeavesIsOutOfEveryWindow() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:00:00Z"
        let ticket = try await office.json(
            "access", "request", "payments/sandbox/contributor", "--as", "e-0003")
        #expect(ticket["state"]?.string == "open")
        office.clock = "2026-11-21T09:30:30Z"
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        #expect(try await office.access(of: "e-0003") == ["corp account disabled", "shop account disabled"])
        let id = try #require(ticket["id"]?.string)
        #expect(try await office.json("access", "show", id)["state"]?.string == "lost")
    }

    @Test func extendReleaseEditWithdrawAndDeny() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:00:00Z"
        let sandbox = "payments/sandbox/contributor"
        let open = try await office.json("access", "request", sandbox, "--for", "1h", "--as", "e-0002")
        let id = try #require(open["id"]?.string)
        let more = try await office.json("access", "extend", id, "--for", "1h", "--as", "e-0002")
        #expect(more["kind"]?.string == "extension" && more["state"]?.string == "open")
        office.clock = "2026-11-21T10:30:00Z"
        try await office.expect(2, "reconcile", "--detailed-exitcode")
        #expect(try await holds(office, "e-0002", "payments-sandbox-contributors") == 2)
        try await office.expect(3, "access", "release", id, "--as", "pedro@mountainlab.io")
        let released = try await office.json("access", "release", id, "--as", "e-0002")
        #expect(released["state"]?.string == "closed")
        #expect(try await holds(office, "e-0002", "payments-sandbox-contributors") == 0)

        for (verb, words, state) in [
            ("withdraw", ["--as", "e-0002"], "withdrawn"),
            ("deny", ["--reason", "not now", "--as", "nora@mountainlab.io"], "denied"),
        ] {
            let asked = try await office.json("access", "request", group, "--reason", "r", "--as", "e-0002")
            let id = try #require(asked["id"]?.string)
            let edited = try await office.json("access", "edit", id, "--reason", "INC-9", "--as", "e-0002")
            #expect(edited["hash"] != asked["hash"] && edited["reason"]?.string == "INC-9")
            let outcome = try await office.run(["access", verb, id] + words + ["-o", "json"])
            #expect(outcome.status == 0)
            #expect(try JSONParser.parse(outcome.output)["state"]?.string == state)
        }
        try await office.expect(3, "access", "request", group, "--reason", "r", "--for", "9h", "--as", "e-0002")
        try await office.expect(3, "access", "request", group, "--as", "e-0002")
        try await office.expect(1, "access", "request", group, "--reason", "r")
    }

    /// The watch ends a window on its second, with nobody else at work, and ends itself when told to.
    @Test func theWatchWorksWhatFallsDueAndEnds() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:00:00Z"
        let slug = "payments-sandbox-contributors"
        try await office.expect(
            0, "access", "request", "payments/sandbox/contributor", "--for", "10m", "--start", "2026-11-21T09:10:02Z",
            "--as", "e-0002")
        office.clock = "2026-11-21T09:10:00Z"
        let watch = try office.start("reconcile", "--watch")
        try await waitUntil { try await holds(office, "e-0002", slug) == 2 }
        watch.terminate()
        #expect(try await watch.end().status == 0)
        office.clock = "2026-11-21T09:20:00Z"
        let second = try office.start("reconcile", "--watch")
        try await waitUntil { try await holds(office, "e-0002", slug) == 0 }
        second.terminate()
        #expect(try await second.end().status == 0)
    }

    private func waitUntil(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<600 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("it did not come to that")
    }
}
