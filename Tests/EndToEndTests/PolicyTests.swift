import Foundation
import StrictJSON
import TestSupport
import Testing

/// Policies of an organisation's own, from the file to the exit code.
@Suite struct PolicyTests {
    private static let finance = """
        policies:
          - name: finance-stays-out
            on: [change]
            when: group.tenant == "payments" && subject.id == "e-0037"
            deny: "{subject.email} stays out of {group.tenant}"

        """

    @Test func theCasesOfTheExampleHold() async throws {
        let office = try Rehearsal()
        let report = try await office.json("policy", "test", "mountainlab")
        #expect(report["failed"] == 0)
        #expect(report["unexercised"] == [])
        try office.edit("mountainlab/policies/people.cases.yaml") {
            $0.replacing("by: [no-endless-contracts]", with: "by: [auditors-only-look]")
        }
        let outcome = try await office.expect(1, "policy", "test", "mountainlab")
        #expect(
            outcome.output.contains(
                "policies/people.cases.yaml:13:11: FAILED: a contract without an end\n"
                    + "    `by` is [no-endless-contracts], expected [auditors-only-look]\n"))
        #expect(outcome.errors.contains("8 cases, 1 failed; 5 of 5 policies exercised"))
    }

    @Test func anErrorInsideAnExpressionHasItsPlace() async throws {
        let office = try Rehearsal()
        try office.write(
            "mountainlab/policies/bad.yaml",
            "policies:\n  - name: bad\n    on: [request]\n    when: group.teir == \"live\"\n    deny: no\n")
        let outcome = try await office.expect(1, "validate", "mountainlab")
        #expect(outcome.output.contains("policies/bad.yaml:4:16: error: "))
        try await office.expect(1, "policy", "test", "mountainlab")
    }

    @Test func aDeniedPlanGrantsNothingAndReplaySaysWhatWouldHaveBeen() async throws {
        var office = try await Rehearsal.applied()
        #expect(try await office.json("policy", "replay", "mountainlab")["flips"] == [])
        try office.write("mountainlab/policies/finance.yaml", Self.finance.replacing("e-0037", with: "e-0010"))
        try office.edit("mountainlab/tenants/payments.yaml") {
            $0.replacing(
                "    - carmen@mountainlab.io\n", with: "    - carmen@mountainlab.io\n    - ines@mountainlab.io\n")
        }
        office.clock = "2026-11-21T09:00:00Z"
        let plan = try await office.expect(3, "plan", "mountainlab")
        #expect(
            plan.errors.contains(
                "denied by `finance-stays-out` (policies/finance.yaml:2:11): ines@mountainlab.io stays out of payments: "
            ))
        let before = try await office.world()
        try await office.expect(3, "apply", "mountainlab", "--yes")
        #expect(try await office.world() == before)
        let explained = try await office.expect(0, "explain", "e-0010")
        #expect(explained.output.contains("deny by `finance-stays-out` (policies/finance.yaml:2:11): "))
        // Without the policy the same changes would have been allowed: what opens up is said, and nothing else.
        try FileManager.default.removeItem(atPath: office.path("mountainlab/policies/finance.yaml"))
        let replay = try await office.expect(2, "policy", "replay", "mountainlab")
        #expect(replay.output.hasPrefix("denied -> allowed: 2026-11-21T09:00:00Z change corp add membership "))
        #expect(replay.output.contains("(was by `finance-stays-out`)"))
        let flips = try await office.json("policy", "replay", "mountainlab", status: 2)["flips"]?.array ?? []
        #expect(!flips.isEmpty)
        #expect(flips.allSatisfy { $0["from"] == "denied" && $0["to"] == "allowed" && $0["subject"] == "e-0010" })
        // And the other way round: what ran would be denied.
        try office.write("mountainlab/policies/finance.yaml", Self.finance.replacing("e-0037", with: "e-0003"))
        let other = try await office.json("policy", "replay", "mountainlab", status: 2)["flips"]?.array ?? []
        #expect(other.first?["to"] == "allowed")
        #expect(other.last?["from"] == "allowed")
        #expect(other.last?["subject"] == "e-0003")
        let later = try await office.json(
            "policy", "replay", "mountainlab", "--since", "2026-11-21T10:00:00Z")
        #expect(later["decided"] == 0)
    }
}
