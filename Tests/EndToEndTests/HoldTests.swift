import Foundation
import StrictJSON
import TestSupport
import Testing

/// What a guard holds waits for a second person; everything else goes on.
@Suite struct HoldTests {
    private static let missing = Set((18...29).map { "e-00\($0)" })

    @Test func aFeedWithoutTwelvePeopleIsHeldUntilSomebodyElseAgrees() async throws {
        var office = try await Rehearsal.applied()
        let before = try await office.world()
        office.clock = "2026-11-21T08:30:00Z"
        try office.write("short.csv", try office.feed(without: Self.missing))
        try await office.expect(3, "people", "import", "short.csv", "--as", "javi@mountainlab.io")
        let holds = try #require(try await office.json("hold", "list").array)
        #expect(holds.count == 1)
        let id = try #require(holds.first?["id"]?.string)
        #expect(holds.first?["people"]?.array?.compactMap(\.string).sorted() == Self.missing.sorted())
        try await office.expect(0, "reconcile")
        #expect(try await office.world() == before)
        // A single leaver is out at once meanwhile.
        office.clock = "2026-11-21T09:30:30Z"
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        #expect(try await office.access(of: "e-0003") == ["corp account disabled", "shop account disabled"])

        try await office.expect(3, "hold", "approve", id, "--as", "javi@mountainlab.io")
        #expect(try await office.access(of: "e-0018").contains("corp account active"))
        try await office.expect(0, "hold", "approve", id, "--as", "marta@mountainlab.io")
        try await office.expect(3, "hold", "approve", id, "--as", "lucia@mountainlab.io")
        try await office.expect(0, "apply", "mountainlab", "--yes")
        for person in Self.missing.sorted() {
            #expect(try await office.access(of: person).allSatisfy { $0.hasSuffix("account disabled") })
        }
        #expect(try await office.json("hold", "list").array?.isEmpty == true)
        try await office.expectGenuineLog()
    }

    @Test func aFeedThatIsHeldAlreadyIsNotHeldOnceMore() async throws {
        var office = try await Rehearsal.applied()
        try office.write("short.csv", try office.feed(without: Self.missing))
        try office.write("cut.csv", String(try office.read("mountainlab/hr/people.csv").prefix(900)))
        for (number, feed) in ["short.csv", "cut.csv"].enumerated() {
            let first = try await office.json("people", "import", feed, status: 3)
            let id = try #require(first["holds"]?.array?.first?.string)
            #expect(first["held_before"]?.array == [])
            office.clock = "2026-11-21T08:3\(number):00Z"
            let again = try await office.json("people", "import", feed, status: 3)
            #expect(again["holds"]?.array?.compactMap(\.string) == [id])
            #expect(again["held_before"]?.array?.compactMap(\.string) == [id])
            let said = try await office.expect(3, "people", "import", feed)
            #expect(said.output.contains("held already: \(id), since this feed came in at 2026-11-21T08:"))
            #expect(try await office.json("hold", "list").array?.count == number + 1)
        }
        // Another feed with the same people missing is another one.
        try office.write("later.csv", try office.feed(without: Self.missing, asOf: "2026-11-21T07:30:00Z"))
        let later = try await office.json("people", "import", "later.csv", status: 3)
        #expect(later["held_before"]?.array == [])
    }

    @Test func withACeilingOfNobodyTheFirstPersonGoesAndTheSecondIsHeld() async throws {
        let office = try Rehearsal()
        try office.edit("mountainlab/platform.yaml") {
            $0.replacing("max_removals_people: 10", with: "max_removals_people: 0")
        }
        try await office.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try await office.expect(0, "apply", "mountainlab", "--yes")
        try office.write("short.csv", try office.feed(without: ["e-0018", "e-0019"]))
        let held = try await office.json("people", "import", "short.csv", status: 3)
        #expect(held["changed"]?.integer == 1)
        try await office.expect(0, "apply", "mountainlab", "--yes")
        #expect(try await office.access(of: "e-0018").allSatisfy { $0.hasSuffix("account disabled") })
        #expect(try await office.access(of: "e-0019").contains("corp account active"))
    }

    @Test func aRejectedFeedChangesNothing() async throws {
        let office = try await Rehearsal.applied()
        let before = try await office.standing()
        try office.write("short.csv", try office.feed(without: Self.missing))
        try await office.expect(3, "people", "import", "short.csv")
        let id = try #require(try await office.json("hold", "list").array?.first?["id"]?.string)
        try await office.expect(0, "hold", "reject", id, "--as", "marta@mountainlab.io")
        try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        #expect(try await office.standing().directories == before.directories)
    }

    @Test func aDeletedTenantIsHeldWhileOthersGoOn() async throws {
        var office = try await Rehearsal.applied()
        let files = FileManager.default
        try files.removeItem(atPath: office.path("mountainlab/tenants/storefront.yaml"))
        // Something harmless in the same plan.
        try office.edit("mountainlab/tenants/catalog.yaml") {
            $0.replacing("readers: [julia@", with: "readers: [elena@mountainlab.io, julia@")
        }
        let plan = try await office.json("plan", "mountainlab", status: 3)
        #expect(plan["held"]?.bool == true)
        let held = plan["changes"]?.array?.filter { $0["held"]?.bool == true } ?? []
        #expect(held.contains { $0["fact"]?["group"]?.string == "storefront-live-readers" })
        try await office.expect(3, "apply", "mountainlab", "--yes", "--as", "javi@mountainlab.io")
        #expect(try await office.access(of: "e-0019").contains("shop membership catalog-live-readers e-0019"))
        #expect(try await office.access(of: "e-0029").contains("shop membership storefront-live-readers e-0029"))

        office.clock = "2026-11-21T09:30:30Z"
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json", "--apply")
        #expect(try await office.access(of: "e-0003") == ["corp account disabled", "shop account disabled"])
        // What is held stays held, also when the files are in force and the hour is over.
        office.clock = "2026-11-21T12:00:00Z"
        try await office.expect(3, "reconcile")
        try await office.expect(3, "apply", "mountainlab", "--yes")
        #expect(try await office.access(of: "e-0029").contains("shop membership storefront-live-readers e-0029"))

        for hold in try #require(try await office.json("hold", "list").array) {
            let id = try #require(hold["id"]?.string)
            try await office.expect(3, "hold", "approve", id, "--as", "javi@mountainlab.io")
            try await office.expect(0, "hold", "approve", id, "--as", "marta@mountainlab.io")
        }
        try await office.expect(0, "reconcile")
        #expect(
            try await office.access(of: "e-0029") == [
                "corp account active", "corp membership everyone e-0029", "shop account disabled",
            ])
        #expect(try await office.world().contains { $0.contains("storefront") } == false)
    }
}
