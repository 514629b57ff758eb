import StrictJSON
import TestSupport
import Testing

/// Two people in HR's feed with one address: what lists it is in error, and nothing else waits for it.
@Suite struct SharedAddressTests {
    @Test func anEntryOfTwoPeopleIsInErrorAndTheFeedGoesOn() async throws {
        let office = try Rehearsal()
        let good = try office.read("mountainlab/hr/people.csv")
        // Julia, a reader of catalog by her address, and Elena, who has it as an alias.
        let line = try #require(good.split(separator: "\n").first { $0.hasPrefix("e-0019,") })
        try office.write("shared.csv", good.replacing(line, with: "\(line)julia@mountainlab.io"))
        let imported = try await office.expect(0, "people", "import", "shared.csv")
        #expect(imported.output.hasPrefix("36 people"))
        let warning = try #require(imported.errors.split(separator: "\n").first { $0.contains("warning:") })
        #expect(warning.contains("`e-0019`") && warning.contains("`e-0017`"), "\(warning)")

        let found = try #require(try await office.json("validate", "mountainlab", status: 1).array)
        let error = try #require(found.first { $0["severity"]?.string == "error" })
        #expect(error["code"]?.string == "ambiguous-person")
        #expect(error["file"]?.string == "tenants/catalog.yaml")
        #expect(error["line"]?.integer == 8 && error["column"]?.integer == 13)

        let applied = try await office.expect(0, "apply", "mountainlab", "--yes")
        #expect(applied.errors.contains("e-0019 (Elena Popova)"), "\(applied.errors)")
        let reader = "shop membership catalog-live-readers e-0017"
        #expect(try await office.access(of: "e-0017").contains(reader) == false)
        #expect(try await office.access(of: "e-0003").count == 8)

        // HR takes the alias back: the entry means one person again.
        try await office.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try await office.expect(0, "validate", "mountainlab")
        try await office.expect(0, "apply", "mountainlab", "--yes")
        #expect(try await office.access(of: "e-0017").contains(reader))

        // Once bound, the person keeps what they hold while the address is shared.
        try await office.expect(0, "people", "import", "shared.csv")
        try await office.expect(1, "validate", "mountainlab")
        try await office.expect(0, "apply", "mountainlab", "--yes")
        #expect(try await office.access(of: "e-0017").contains(reader))
        #expect(try await office.access(of: "e-0019").contains { $0.contains("catalog-live-readers") } == false)
    }
}
