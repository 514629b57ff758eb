import Foundation
import StrictJSON
import TestSupport
import Testing

/// A service identity for a time, through the real command: declared, provisioned, ended by the clock.
@Suite struct WorkloadStoryTests {
    private static let create = [
        "workload", "create", "payments/live/report", "mountainlab", "--owner", "javi@mountainlab.io", "--until",
        "2026-12-31", "--issuer", "https://token.actions.githubusercontent.com", "--subject",
        "repo:mountainlab/report:environment:live", "--audience", "api://AzureADTokenExchange",
    ]

    private func trusts(_ outcome: TenureCommand.Outcome, _ operation: String) throws -> [JSONValue] {
        (try JSONParser.parse(outcome.output)["changes"]?.array ?? []).filter { change in
            change["op"]?.string == operation && change["fact"]?["kind"]?.string == "federated_trust"
                && change["fact"]?["subject"]?.string == "repo:mountainlab/report:environment:live"
        }
    }

    @Test func isDeclaredProvisionedAndEndedByTheClock() async throws {
        var rehearsal = try await Rehearsal.applied()
        let path = rehearsal.path("mountainlab/tenants/payments.yaml")
        let before = try String(contentsOfFile: path, encoding: .utf8)

        let dry = try await rehearsal.run(Self.create + ["--dry-run"])
        #expect(dry.status == 0, "\(dry)")
        #expect(dry.output.contains("+     - name: report\n"))
        #expect(dry.output.contains("-     name: deploy\n") && dry.output.contains("+     - name: deploy\n"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == before)

        let made = try JSONParser.parse(try await rehearsal.run(Self.create + ["-o", "json"]).output)
        #expect(made["written"] == true && made["identity"] == "workload:payments/live/report")
        #expect(made["last_day"] == "2026-12-31" && made["owner"] == "javi@mountainlab.io")
        let after = try String(contentsOfFile: path, encoding: .utf8)
        #expect(after.contains("lena@auditpartners.example      # external auditor"), "comments stay")

        let again = try await rehearsal.run(Self.create)
        #expect(again.status == 1 && again.errors.contains("declared already at tenants/payments.yaml:"))

        #expect(try trusts(try await rehearsal.expect(0, "plan", "mountainlab", "-o", "json"), "add").isEmpty == false)
        try await rehearsal.expect(0, "apply", "mountainlab", "--yes")
        #expect(try trusts(try await rehearsal.expect(0, "plan", "mountainlab", "-o", "json"), "add").isEmpty)
        let list = try await rehearsal.expect(0, "workload", "list", "mountainlab")
        #expect(list.output.contains("payments/live/report") && list.output.contains("2026-12-31"))

        // The last moment of its last day in Madrid, and the one after.
        rehearsal.clock = "2026-12-31T22:59:59Z"
        #expect(try trusts(try await rehearsal.expect(0, "plan", "mountainlab", "-o", "json"), "remove").isEmpty)
        rehearsal.clock = "2026-12-31T23:00:00Z"
        let removed = try trusts(try await rehearsal.expect(0, "plan", "mountainlab", "-o", "json"), "remove")
        #expect(removed.isEmpty == false)
        #expect(removed.allSatisfy { $0["held"]?.bool != true }, "time that passes is not held")
        try await rehearsal.expect(0, "apply", "mountainlab", "--yes")
        #expect(try trusts(try await rehearsal.expect(0, "plan", "mountainlab", "-o", "json"), "remove").isEmpty)
        let who = try await rehearsal.expect(0, "who", "payments/live/operator", "-o", "json")
        #expect(who.output.contains("workload:payments/live/report") == false)

        // More time brings it back.
        try await rehearsal.expect(0, "workload", "until", "payments/live/report", "mountainlab", "--to", "2027-06-30")
        #expect(try trusts(try await rehearsal.expect(0, "plan", "mountainlab", "-o", "json"), "add").isEmpty == false)
    }

    @Test func whatIsWrongIsNamedAndNothingIsWritten() async throws {
        let rehearsal = try await Rehearsal.applied()
        let path = rehearsal.path("mountainlab/tenants/payments.yaml")
        let before = try String(contentsOfFile: path, encoding: .utf8)
        var wildcard = Self.create
        wildcard[11] = "repo:mountainlab/*"
        let refused = try await rehearsal.run(wildcard)
        #expect(refused.status == 1 && refused.errors.contains("tenants/payments.yaml:"), "\(refused)")
        #expect(refused.errors.contains("a subject is exact") && refused.errors.contains("nothing was written"))
        let missing = try await rehearsal.run(Array(Self.create.prefix(8)))
        #expect(missing.status == 1 && missing.errors.contains("--issuer, --subject and --audience, or --secret-ttl"))
        let elsewhere = try await rehearsal.run(
            ["workload", "create", "nobody/live/report"] + Self.create.dropFirst(3))
        #expect(elsewhere.status == 1 && elsewhere.errors.contains("there is no tenant `nobody`"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
    }

    @Test func aSecretHasATimeToLive() async throws {
        let rehearsal = try await Rehearsal.applied()
        let arguments = Array(Self.create.prefix(8)) + ["--secret-ttl", "30d", "-o", "json"]
        let made = try JSONParser.parse(try await rehearsal.run(arguments).output)
        #expect(made["secret"]?["ttl"] != nil && made["issuer"] == nil)
        try await rehearsal.expect(0, "validate", "mountainlab")
        #expect(try trusts(try await rehearsal.expect(0, "plan", "mountainlab", "-o", "json"), "add").isEmpty)
        try rehearsal.edit("mountainlab/tenants/payments.yaml") {
            $0.replacingOccurrences(of: "ttl: 30d", with: "ttl: 999d")
        }
        let invalid = try await rehearsal.expect(1, "validate", "mountainlab")
        #expect(invalid.output.contains("`ttl` must be from 1h to 365d"), "\(invalid)")
    }
}
