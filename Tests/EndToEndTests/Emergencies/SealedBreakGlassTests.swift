import Foundation
import StrictJSON
import TestSupport
import Testing

/// The glass is broken while the control plane is down, with what was signed on a quiet day.
@Suite struct SealedBreakGlassTests {
    private static let member = "corp membership payments-live-admins e-0001"

    /// Mountainlab with three keys, of which two have to sign, and a grant for Marta.
    private func prepared() async throws -> Rehearsal {
        let office = try await Rehearsal.withSealingKeys()
        try await office.expect(
            0, "break-glass", "seal", "--group", "payments/live/admin", "--person", "marta@mountainlab.io",
            "--target", "corp", "--for", "1h", "--valid-until", "2027-01-01", "--reason", "the region is down",
            "--out", office.path("marta.sealed"), "--as", "lucia@mountainlab.io")
        return office
    }

    private func takeStateAway(_ office: Rehearsal) throws {
        try FileManager.default.moveItem(atPath: office.path("state"), toPath: office.path("state.gone"))
    }

    private func bringStateBack(_ office: Rehearsal) throws {
        // Nothing made one in its place.
        #expect(!FileManager.default.fileExists(atPath: office.path("state")))
        try FileManager.default.moveItem(atPath: office.path("state.gone"), toPath: office.path("state"))
    }

    @Test func openedAndClosedWithoutAStateAndKnownAfterwards() async throws {
        var office = try await prepared()
        try await office.sign("marta.sealed", by: "lucia", "javi")
        let before = try await office.world()
        try takeStateAway(office)
        let file = office.path("marta.sealed")
        office.clock = "2026-11-21T10:00:00Z"
        let opened = try await office.json("break-glass", "open", file, "--organization", "mountainlab")
        #expect(opened["state"]?.string == "open" && opened["until"]?.string?.hasPrefix("2026-11-21T11:00:") == true)
        #expect(try await office.access(of: "e-0001").contains(Self.member))
        try await office.expect(3, "break-glass", "open", file, "--organization", "mountainlab")
        office.clock = "2026-11-21T11:00:00Z"
        try await office.expect(0, "break-glass", "close", file, "--organization", "mountainlab")
        #expect(try await office.world() == before)
        try await office.expect(3, "break-glass", "open", file, "--organization", "mountainlab")

        try bringStateBack(office)
        office.clock = "2026-11-21T12:00:00Z"
        let intake = try await office.json("break-glass", "reconcile", file)
        #expect(intake["added"]?.integer == 4 && intake["problem"] == .null)
        #expect(try await office.json("break-glass", "reconcile", file)["added"]?.integer == 0)
        let log = try #require(try await office.json("audit", "log", "--type", "breakglass.offline").array)
        #expect(
            log.compactMap { $0["body"]?["receipt"]?["event"]?.string } == ["opening", "opened", "closing", "closed"])
        let sealed = try #require(try await office.json("audit", "log", "--type", "breakglass.sealed").array?.first)
        #expect(
            sealed["body"]?["signers"]?.array?.compactMap(\.string) == ["lucia@mountainlab.io", "javi@mountainlab.io"])
        try await office.expect(0, "reconcile")
        #expect(try await office.world() == before)
        try await office.expectGenuineLog()
    }

    @Test func oneThatIsOpenWhenTheControlPlaneComesBackEndsByItself() async throws {
        var office = try await prepared()
        try await office.sign("marta.sealed", by: "lucia", "javi")
        let before = try await office.world()
        office.clock = "2026-11-21T10:00:00Z"
        try await office.expect(
            0, "break-glass", "open", office.path("marta.sealed"), "--organization", "mountainlab")
        office.clock = "2026-11-21T10:10:00Z"
        try await office.expect(0, "break-glass", "reconcile", office.path("marta.sealed"))
        try await office.expect(0, "reconcile")
        #expect(try await office.access(of: "e-0001").contains(Self.member))
        office.clock = "2026-11-21T11:01:00Z"
        try await office.expect(0, "reconcile")
        #expect(try await office.world() == before)
    }

    @Test func notWithoutEnoughSignaturesOfOthers() async throws {
        var office = try await prepared()
        office.clock = "2026-11-21T10:00:00Z"
        let file = office.path("marta.sealed")
        try await office.expect(3, "break-glass", "open", file, "--organization", "mountainlab")
        try await office.sign("marta.sealed", by: "lucia", "marta", "lucia")
        let refused = try await office.expect(3, "break-glass", "open", file, "--organization", "mountainlab")
        #expect(refused.errors.contains("so far: lucia@mountainlab.io"))
        #expect(try await !office.access(of: "e-0001").contains(Self.member))
        #expect(!FileManager.default.fileExists(atPath: file + ".receipts"))
        let shown = try await office.json("break-glass", "show", file, "--organization", "mountainlab")
        #expect(shown["signers"]?.array?.compactMap(\.string) == ["lucia@mountainlab.io"])
        try await office.sign("marta.sealed", by: "javi")
        try await office.expect(0, "break-glass", "open", file, "--organization", "mountainlab")
    }

    @Test func whatTheFilesNoLongerAllowIsRefused() async throws {
        var office = try await prepared()
        try await office.sign("marta.sealed", by: "lucia", "javi")
        office.clock = "2026-11-21T10:00:00Z"
        try office.edit("mountainlab/platform.yaml") { text in
            text.replacing(
                "people: [marta@mountainlab.io, lucia@mountainlab.io]", with: "people: [lucia@mountainlab.io]")
        }
        let refused = try await office.expect(
            3, "break-glass", "open", office.path("marta.sealed"), "--organization", "mountainlab")
        #expect(refused.errors.contains("break_glass.people"))
    }

    @Test func aCopyThatIsUsedTooIsNoticed() async throws {
        var office = try await prepared()
        try await office.sign("marta.sealed", by: "lucia", "javi")
        try office.write("copy.sealed", try office.read("marta.sealed"))
        for (hour, name) in [(10, "marta"), (13, "copy")] {
            for (minute, step) in [("00", "open"), ("30", "close")] {
                office.clock = "2026-11-21T\(hour):\(minute):00Z"
                try await office.expect(
                    0, "break-glass", step, office.path("\(name).sealed"), "--organization", "mountainlab")
            }
        }
        try await office.expect(0, "break-glass", "reconcile", office.path("marta.sealed"))
        let reused = try await office.expect(1, "break-glass", "reconcile", office.path("copy.sealed"))
        #expect(reused.errors.contains("a copy was used too"))
        #expect(try await office.json("audit", "log", "--type", "breakglass.reused").array?.count == 1)
        try await office.expectGenuineLog()
    }
}
