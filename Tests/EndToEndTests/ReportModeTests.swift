import StrictJSON
import TestSupport
import Testing

/// A target that is only reported on, seen by a user of the command: its differences are shown and call for nothing.
@Suite struct ReportModeTests {
    private func office() async throws -> Rehearsal {
        let office = try await Rehearsal.applied()
        try office.edit("mountainlab/targets.yaml") { text in
            text.replacing(
                "settings: {path: shop.directory}", with: "mode: report\n    settings: {path: shop.directory}")
        }
        try await office.expect(0, "apply", "mountainlab", "--yes", "--detailed-exitcode")
        return office
    }

    @Test func whatIsNeverMadeIsShownAndCountsForNothing() async throws {
        let office = try await office()
        try office.edit("mountainlab/tenants/payments.yaml") { text in
            text.replacing("    - ana@mountainlab.io\n", with: "")
        }
        let both = try await office.json("plan", "mountainlab", "--detailed-exitcode", status: 2)
        let changes = try #require(both["changes"]?.array)
        #expect(Set(changes.compactMap { $0["target"]?.string }) == ["corp", "shop"])
        for change in changes {
            #expect((change["reported_only"]?.bool ?? false) == (change["target"]?.string == "shop"))
        }
        let files = try office.directoryFiles()
        try await office.expect(2, "apply", "mountainlab", "--yes", "--detailed-exitcode")
        #expect(try office.directoryFiles()[1] == files[1])
        for command in [["plan", "mountainlab"], ["drift"], ["reconcile"], ["apply", "mountainlab", "--yes"]] {
            let outcome = try await office.run(command + ["--detailed-exitcode"])
            #expect(outcome.status == 0, "\(command): \(outcome.everything)")
        }
        let plan = try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        #expect(plan.output.contains("[reported only"))
        #expect(plan.output.contains("reported only\n") && plan.output.contains("shop / e-0003"))
        let comment = try await office.expect(0, "plan", "mountainlab", "-o", "markdown")
        #expect(comment.output.contains("reported only"))
    }
}
