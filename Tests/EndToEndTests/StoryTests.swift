import Foundation
import StrictJSON
import TestSupport
import Testing

/// The whole story on Mountainlab, as a user types it; what came of it is read from the directories' own files.
@Suite struct StoryTests {
    @Test func theFirstApplyLeavesNothingToDo() async throws {
        let office = try Rehearsal()
        try await office.expect(0, "validate", "mountainlab")
        try await office.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try await office.expect(2, "plan", "mountainlab", "--detailed-exitcode")
        try await office.expect(2, "apply", "mountainlab", "--yes", "--detailed-exitcode")
        let plan = try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        #expect(plan.output.contains("nothing to do"))
        try await office.expect(0, "drift", "--detailed-exitcode")
        #expect(
            try await office.access(of: "e-0003") == [
                "corp account active", "corp membership engineering e-0003", "corp membership everyone e-0003",
                "corp membership payments-live-readers e-0003", "corp membership payments-sandbox-readers e-0003",
                "shop account active", "shop membership payments-live-readers e-0003",
                "shop membership payments-sandbox-readers e-0003",
            ])
        #expect(try await office.access(of: "e-0018") == ["corp account active", "corp membership everyone e-0018"])
        try await office.expectGenuineLog()
    }

    @Test func aJoinerWaitsForTheFirstDay() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:00:00Z"
        try await office.expect(0, "event", "mountainlab/hr/events/01-joined.json", "--apply")
        #expect(try await office.access(of: "e-0033").isEmpty)
        // Midnight in Madrid is 23:00 in UTC.
        office.clock = "2026-11-22T22:58:00Z"
        try await office.expect(0, "reconcile")
        #expect(try await office.access(of: "e-0033").isEmpty)
        office.clock = "2026-11-22T23:00:00Z"
        try await office.expect(0, "reconcile")
        #expect(
            try await office.access(of: "e-0033") == [
                "corp account active", "corp membership engineering e-0033", "corp membership everyone e-0033",
            ])
        let cases = try await office.json("case", "list", "--person", "rosa@mountainlab.io")
        #expect(cases.array?.compactMap { $0["kind"]?.string } == ["joiner"])
    }

    @Test func aCaseNamesTheEventThatItComesFrom() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:10:00Z"
        let left = try office.event("hr-77", "left", "e-0003", time: "2026-11-21T09:09:00Z")
        try await office.expect(0, "event", left, "--apply")
        let cases = try await office.json("case", "list", "--person", "e-0003")
        let id = try #require(cases.array?.first { $0["kind"]?.string == "leaver" }?["id"]?.string)
        let opened = try #require(try await office.records().last { $0.type == "case.opened" })
        #expect(opened.body["kind"]?.string == "leaver" && opened.body["source_event"]?.string == "hr-77")
        #expect(try await office.json("case", "show", id)["source"]?["event"]?.string == "hr-77")
        let shown = try await office.expect(0, "case", "show", id)
        #expect(shown.output.contains("event     hr-77 from hr/test\n"), "\(shown.output)")
        try await office.expectGenuineLog()
    }

    @Test func aMoverLosesTheOldAsTheNewComes() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:11:00Z"
        try await office.expect(0, "event", "mountainlab/hr/events/02-moved.json")
        try office.moveHugoInFiles()
        try await office.expect(0, "apply", "mountainlab", "--yes")
        #expect(
            try await office.access(of: "e-0011") == [
                "corp account active", "corp membership data e-0011", "corp membership everyone e-0011",
                "corp membership insights-live-readers e-0011", "corp membership insights-sandbox-readers e-0011",
                "shop account disabled",
            ])
        try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode")
    }

    @Test func aNewAddressIsACaseOfItsOwnThatNoServiceLevelTakesForAJoinerOrAMover() async throws {
        var office = try await Rehearsal.applied()
        let before = try await office.json("report", "slis")["M1"]?["n"]
        office.clock = "2026-11-21T09:00:00Z"
        let feed = try office.feed(without: []).replacing(
            "ana@mountainlab.io,Ana,Vega", with: "ana.vega@mountainlab.io,Ana,Vega")
        try office.write("renamed.csv", feed)
        try await office.expect(0, "people", "import", "renamed.csv")
        // Somebody else's news is dealt with first, and takes nothing from this.
        office.clock = "2026-11-21T09:30:30Z"
        let left = try office.event("l-1", "left", "e-0010", time: "2026-11-21T09:30:00Z")
        try await office.expect(0, "event", left, "--apply")
        office.clock = "2026-11-21T10:00:00Z"
        try await office.expect(0, "reconcile")
        let cases = try #require(try await office.json("case", "list", "--person", "e-0003").array)
        #expect(cases.first?["kind"]?.string == "profile")
        #expect(cases.first?["caused_at"]?.string?.hasPrefix("2026-11-21T09:00:") == true)
        #expect(try await office.json("report", "slis")["M1"]?["n"] == before)
        let accounts = try await office.world().filter { $0.contains("\"identity\":\"e-0003\"") }
        #expect(accounts.contains { $0.contains("ana.vega@mountainlab.io") })
        try await office.expect(0, "drift", "--detailed-exitcode")
    }

    @Test func aContractEndsWithItsLastDay() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-12-15T22:58:00Z"
        try await office.expect(0, "reconcile")
        #expect(try await office.access(of: "c-0001").contains("corp account active"))
        office.clock = "2026-12-15T23:00:00Z"
        try await office.expect(0, "reconcile")
        #expect(try await office.access(of: "c-0001") == ["corp account disabled", "shop account disabled"])
    }

    @Test func aLeaverIsOutOfEverythingAndItIsProven() async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:30:30Z"
        let left = try await office.json("event", "mountainlab/hr/events/04-left.json", "--apply")
        let departure = try #require(left["departures"]?.array?.first)
        #expect(departure["person"]?.string == "e-0003")
        #expect(departure["residual"] == ["corp": 0, "shop": 0])
        #expect((departure["time_to_revoke_s"]?.double ?? 1_000) < 300)
        #expect(try await office.access(of: "e-0003") == ["corp account disabled", "shop account disabled"])
        let who = try await office.json("who", "payments/_/_")
        #expect(who["members"]?.array?.contains { $0["identity"]?.string == "e-0003" } == false)
        let before = try await office.json("who", "payments/live/reader", "--at", "2026-11-21T09:00:00Z")
        #expect(before["members"]?.array?.contains { $0["identity"]?.string == "e-0003" } == true)
        let levels = try await office.json("report", "slis")
        #expect(levels["M2"]?["n"]?.integer == 1)
        #expect(levels["M8"]?["value"]?.double == 0)
        try await office.expectGenuineLog()
    }
}
