import Foundation
import TestSupport
import Testing

/// A target that cannot be read is said to be, and keeps nobody waiting elsewhere.
@Suite struct UnreadableTargetTests {
    private func expectSaid(
        _ target: String, _ outcome: TenureCommand.Outcome, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let said = outcome.errors
        #expect(said.contains("error: target `\(target)` could not be read"), "\(said)", sourceLocation: sourceLocation)
        #expect(said.contains("tenure target check "), "\(said)", sourceLocation: sourceLocation)
    }

    @Test func aCorruptDirectoryIsNamedAndTheOthersGoOn() async throws {
        var office = try await Rehearsal.applied()
        let whole = try Data(contentsOf: URL(filePath: office.path("mountainlab/shop.directory")))
        try office.write("mountainlab/shop.directory", "this is no directory\n")
        office.clock = "2026-11-21T09:30:30Z"
        try await office.expect(0, "event", "mountainlab/hr/events/04-left.json")
        expectSaid("shop", try await office.expect(1, "plan", "mountainlab"))
        expectSaid("shop", try await office.expect(1, "drift"))
        expectSaid("shop", try await office.expect(1, "apply", "mountainlab", "--yes", "--wait", "1s"))
        #expect(try await office.access(in: ["corp"], of: "e-0003") == ["corp account disabled"])

        let left = try office.event("l-1", "left", "e-0011", time: "2026-11-21T09:30:00Z")
        try await office.expect(0, "event", left)
        expectSaid("shop", try await office.expect(1, "reconcile", "--wait", "1s"))
        #expect(try await office.access(in: ["corp"], of: "e-0011") == ["corp account disabled"])
        #expect(try office.read("mountainlab/shop.directory") == "this is no directory\n")

        try whole.write(to: URL(filePath: office.path("mountainlab/shop.directory")))
        office.clock = "2026-11-22T09:30:30Z"
        let names = try await office.json("case", "list", "--open").array?.compactMap { $0["id"]?.string } ?? []
        for name in names { try await office.expect(0, "case", "retry", name) }
        try await office.expect(0, "apply", "mountainlab", "--yes")
        #expect(try await office.access(in: ["shop"], of: "e-0003") == ["shop account disabled"])
        try await office.expect(0, "drift", "--detailed-exitcode")
    }

    @Test func aServerThatIsDownIsNamedAndTheOthersGoOn() async throws {
        let office = try Rehearsal()
        try office.edit("mountainlab/targets.yaml") {
            $0 + """
                  - name: legacy
                    connector: ldap
                    covers: {sector: analytics}
                    settings: {url: "ldap://127.0.0.1:1", base_dn: "dc=mountainlab,dc=io", bind_dn: "cn=admin"}
                    credential: env:LEGACY_PASSWORD

                """
        }
        let environment = ["LEGACY_PASSWORD": "a-password"]
        try await office.expect(0, "people", "import", "mountainlab/hr/people.csv")
        expectSaid("legacy", try await office.expect(1, "plan", "mountainlab", environment: environment))
        expectSaid(
            "legacy",
            try await office.expect(1, "apply", "mountainlab", "--yes", "--wait", "1s", environment: environment))
        let expected = try await Rehearsal.applied().access(of: "e-0003")
        #expect(expected.count > 3)
        #expect(try await office.access(of: "e-0003") == expected)
        expectSaid("legacy", try await office.expect(1, "drift", environment: environment))
        expectSaid("legacy", try await office.expect(1, "reconcile", "--wait", "1s", environment: environment))
    }
}
