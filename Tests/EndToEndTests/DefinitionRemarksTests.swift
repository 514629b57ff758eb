import StrictJSON
import TestSupport
import Testing

/// What `plan` and `apply` say of the files: errors and people's entries in full, of the rest how much there is.
@Suite struct DefinitionRemarksTests {
    @Test func warningsAreCountedWherePlanningAndToldByValidate() async throws {
        let office = try await Rehearsal.applied()
        try office.edit("mountainlab/tenants/catalog.yaml") {
            $0 + """
                workload_identity:
                  sandbox:
                    issuer: https://token.actions.githubusercontent.com
                    subject: repo:mountainlab/catalog:pull_request
                    audience: api://tenure

                """
        }
        // An entry of somebody whom HR never named is an error of its own.
        try office.edit("mountainlab/tenants/insights.yaml") {
            $0.replacing(
                "    - ivan@mountainlab.io\n", with: "    - ivan@mountainlab.io\n    - nobody@mountainlab.io\n")
        }
        let validated = try await office.expect(1, "validate", "mountainlab")
        #expect(validated.output.contains("tenants/catalog.yaml:15:14: warning: "), "\(validated.everything)")
        for command in [["plan", "mountainlab"], ["apply", "mountainlab", "--yes"]] {
            let said = try await office.run(command)
            #expect(said.status == 0, "\(said.everything)")
            #expect(said.errors.contains("1 warning about definitions: `tenure validate mountainlab` shows it\n"))
            #expect(!said.everything.contains("catalog.yaml:15:14"), "\(said.everything)")
            #expect(said.everything.contains("`nobody@mountainlab.io`"), "\(said.everything)")
        }
        // Errors are said in full.
        try office.edit("mountainlab/tenants/catalog.yaml") { $0.replacing("members:", with: "membres:") }
        let broken = try await office.expect(1, "plan", "mountainlab")
        #expect(broken.errors.contains("tenants/catalog.yaml:5:1: error: "), "\(broken.errors)")
    }
}
