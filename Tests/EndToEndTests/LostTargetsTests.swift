import DirectoryConnector
import Foundation
import StrictJSON
import TestSupport
import Testing

/// Targets that are gone from the files are not let go of in silence.
@Suite struct LostTargetsTests {
    private func codes(_ office: Rehearsal, status: Int32) async throws -> [String] {
        let found = try #require(try await office.json("validate", "mountainlab", status: status).array)
        return found.compactMap { diagnostic in
            diagnostic["severity"]?.string == "note"
                ? nil : [diagnostic["severity"], diagnostic["code"]].compactMap { $0?.string }.joined(separator: " ")
        }
    }

    @Test(arguments: [nil, "targets: []\n"])
    func withoutAnyTargetTheLastGoodDefinitionsStay(_ text: String?) async throws {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:30:30Z"
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json")
        try FileManager.default.removeItem(atPath: office.path("mountainlab/targets.yaml"))
        if let text { try office.write("mountainlab/targets.yaml", text) }
        #expect(try await codes(office, status: 1).contains("error targets-removed"))
        let planned = try await office.expect(1, "plan", "mountainlab")
        #expect(
            planned.errors.contains("targets.yaml:1:1: error: no target is left, and 2 were in force: `corp`, `shop`"))
        #expect(planned.errors.contains("this follows the last good ones"))
        let applied = try await office.expect(1, "apply", "mountainlab", "--yes")
        #expect(applied.errors.contains("the last good ones stay in force"), "\(applied.errors)")
        #expect(try await office.access(of: "e-0003") == ["corp account disabled", "shop account disabled"])
        #expect(try await office.access(of: "e-0004").count > 3)
    }

    @Test func aFreshCheckoutWithoutTargetsIsWarnedOnly() async throws {
        let office = try Rehearsal()
        try FileManager.default.removeItem(atPath: office.path("mountainlab/targets.yaml"))
        #expect(try await codes(office, status: 0) == ["warning missing-file"])
        try await office.expect(0, "people", "import", "mountainlab/hr/people.csv")
        #expect(try await codes(office, status: 0) == ["warning missing-file"])
        try await office.expect(0, "plan", "mountainlab")
    }

    @Test func whatStaysBehindInATargetIsCounted() async throws {
        let office = try await Rehearsal.applied()
        let facts = try await DirectoryEditor(path: office.path("mountainlab/shop.directory")).facts().count
        #expect(facts > 10)
        let before = try office.directoryFiles()
        let whole = try office.read("mountainlab/targets.yaml")
        try office.edit("mountainlab/targets.yaml") { text in
            String(text[..<(text.range(of: "  - name: shop")?.lowerBound ?? text.endIndex)])
        }
        let warning =
            "targets.yaml:1:1: warning: `shop` is no target any more: \(facts) facts of Tenure's in it are left"
        for arguments in [["plan", "mountainlab"], ["apply", "mountainlab", "--yes"], ["drift"], ["reconcile"]] {
            let outcome = try await office.run(arguments)
            #expect(outcome.status == 0, "\(arguments): \(outcome.everything)")
            #expect(outcome.errors.contains(warning), "\(arguments): \(outcome.errors)")
        }
        #expect(try await codes(office, status: 0) == ["warning unmanaged-target"])
        #expect(try office.directoryFiles() == before)
        try office.write("mountainlab/targets.yaml", whole)
        let back = try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        #expect(!back.errors.contains("no target any more"))
    }
}
