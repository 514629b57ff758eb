import Foundation
import StrictJSON
import TestSupport
import Testing

/// The machine's own clock set ahead and back between commands, while its steady clock goes on.
@Suite struct SteppedMachineTests {
    private static let begin = Date(timeIntervalSince1970: 1_795_338_000)  // 2026-11-22T09:00:00Z
    private static let slug = "payments-sandbox-contributors"

    /// A day after its first apply, on a clock that can be set. Nil, and said, where `faketime` is not installed.
    private func office() async throws -> Rehearsal? {
        guard let faketime = try TestSystems.require("faketime") else { return nil }
        var office = try await Rehearsal.applied()
        office.environment = ["TENURE_CLOCK": "", "DONT_FAKE_MONOTONIC": "1"]
        office.wrapper = [faketime, "-f", "+0s"]
        set(&office, by: 0)
        return office
    }

    private func set(_ office: inout Rehearsal, by seconds: Double) {
        let offset = Int(Self.begin.timeIntervalSinceNow + seconds)
        office.wrapper[2] = offset < 0 ? "\(offset)s" : "+\(offset)s"
    }

    private func holds(_ office: Rehearsal) async throws -> Int {
        try await office.access(of: "e-0002").count { $0.hasSuffix("membership \(Self.slug) e-0002") }
    }

    @Test(arguments: [3_600, 366 * 86_400, -3_600, -366 * 86_400] as [Double])
    func nothingBeginsBeforeItsTime(step: Double) async throws {
        guard var office = try await office() else { return }
        let asked = try await office.json(
            "access", "request", "payments/sandbox/contributor", "--for", "2h", "--start", "2026-11-22T09:30:00Z",
            "--as", "e-0002")
        #expect(asked["state"]?.string == "scheduled")
        set(&office, by: step)
        let reconciled = try await office.expect(0, "reconcile")
        #expect(reconciled.errors.contains("warning: the clock is") == (step > 0), "\(reconciled.errors)")
        #expect(try await holds(office) == 0)
        #expect(try await (office.json("clock")["lead"]?.string != nil) == (step > 0))
        // A clock that was right again had no effect but on what it ended.
        set(&office, by: 0)
        let quiet = try await office.expect(0, "reconcile")
        #expect(!quiet.errors.contains("the clock is"), "\(quiet.errors)")
        #expect(try await holds(office) == 0)
    }

    @Test func somebodyWhoHasLookedCanSayThatItIsRight() async throws {
        guard var office = try await office() else { return }
        try await office.expect(
            0, "access", "request", "payments/sandbox/contributor", "--for", "2h", "--start", "2026-11-22T09:30:00Z",
            "--as", "e-0002")
        set(&office, by: 3_600)
        try await office.expect(0, "reconcile")
        #expect(try await holds(office) == 0)
        try await office.expect(1, "clock", "confirm", "--reason", " ")
        try await office.expect(0, "clock", "confirm", "--reason", "the station's clock says the same")
        try await office.expect(0, "reconcile")
        #expect(try await holds(office) == 2)
        let record = try await office.expect(0, "audit", "log", "--type", "clock.confirmed")
        #expect(record.output.contains("clock.confirmed"))
        try await office.expectGenuineLog()
    }

    @Test func whatWasEndedByAClockStaysEnded() async throws {
        guard var office = try await office() else { return }
        let open = try await office.json(
            "access", "request", "payments/sandbox/contributor", "--for", "2h", "--as", "e-0002")
        let id = try #require(open["id"]?.string)
        #expect(open["state"]?.string == "open")
        #expect(try await holds(office) == 2)
        set(&office, by: 3 * 3_600)
        try await office.expect(0, "reconcile")
        #expect(try await holds(office) == 0)
        for step in [0, -3_600, 3_600] as [Double] {
            set(&office, by: step)
            try await office.expect(0, "reconcile")
            #expect(try await holds(office) == 0)
            #expect(try await office.json("access", "show", id)["state"]?.string == "closed")
        }
    }
}
