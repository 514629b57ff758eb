import DirectoryConnector
import Foundation
import StrictJSON
import TestSupport
import Testing

/// Somebody puts the sandbox's runner into a live group by hand, "just for a quick test", and nobody remembers it.
@Suite struct OpeningIncidentTests {
    private static let runner = "workload:payments/sandbox/deploy"
    private static let warning =
        "critical: `\(runner)` (\(runner)) is contributor of payments in live, in target `corp`, and no definition, event or "
        + "window says so; it concerns payments in ecommerce, whose admins are marta@mountainlab.io, nora@mountainlab.io"

    private func putIn(_ office: Rehearsal) async throws {
        let directory = DirectoryEditor(path: office.path("mountainlab/corp.directory"))
        try await directory.addMember(account: Self.runner, to: "payments-live-contributors")
        #expect(try await isIn(office))
    }

    private func isIn(_ office: Rehearsal) async throws -> Bool {
        try await office.world(["corp"]).contains {
            $0.contains("payments-live-contributors") && $0.contains(Self.runner)
        }
    }

    @Test func oneScanNamesItCriticalAndTheNextRunTakesItOut() async throws {
        var office = try await Rehearsal.applied()
        try await office.expect(0, "drift", "--detailed-exitcode")
        try await putIn(office)
        office.clock = "2026-11-21T09:00:00Z"
        let drift = try await office.expect(2, "drift", "--detailed-exitcode")
        #expect(drift.everything.contains(Self.warning), "\(drift)")
        let notes = try await office.json("drift")["notes"]?.array ?? []
        #expect(notes.contains { $0["code"] == "critical-drift" && $0["message"]?.string == Self.warning })
        // Whoever asks for a review of anything meanwhile sees it there too.
        let plan = try await office.expect(0, "plan", "mountainlab", "-o", "markdown")
        #expect(plan.output.contains("critical") && plan.output.contains("payments-live-contributors"), "\(plan)")

        try await office.expect(0, "reconcile")
        #expect(try await isIn(office) == false)
        try await office.expect(0, "drift", "--detailed-exitcode")
        let log = try await office.json("audit", "log", "--type", "change.verified")
        #expect(log.compactText.contains("payments-live-contributors"))
        try await office.expectGenuineLog()
    }

    @Test func aPolicyMayHoldItForASecondPerson() async throws {
        var office = try await Rehearsal.applied()
        try office.write(
            "mountainlab/policies/runners.yaml",
            """
            policies:
              - name: look-before-a-runner-goes
                description: a runner that somebody put in may be holding up a release
                on: change
                when: cause.kinds == ["drift"] && group.live
                hold: "{group.slug} has a member whom nobody wanted"

            """)
        try await office.expect(0, "apply", "mountainlab", "--yes")
        try await putIn(office)
        office.clock = "2026-11-21T09:00:00Z"
        try await office.expect(3, "reconcile", "--as", "javi@mountainlab.io")
        #expect(try await isIn(office))
        let waiting = try #require(try await office.json("hold", "list").array)
        #expect(waiting.count == 1)
        // Looking again opens no second one, and does not let it go either.
        try await office.expect(3, "reconcile", "--as", "javi@mountainlab.io")
        #expect(try await isIn(office))
        #expect(try await office.json("hold", "list").array?.count == 1)
        let id = try #require(waiting.first?["id"]?.string)
        try await office.expect(0, "hold", "approve", id, "--as", "lucia@mountainlab.io")
        try await office.expect(0, "reconcile")
        #expect(try await isIn(office) == false)
        try await office.expectGenuineLog()
    }

    @Test func inAPullRequestItIsSeenBeforeItHappens() async throws {
        let office = try await Rehearsal.applied()
        // The same by way of git: the live operators trust what the sandbox's runner shows.
        try office.edit("mountainlab/tenants/payments.yaml") {
            $0.replacing(
                "repo:mountainlab/payments-service:environment:live",
                with: "repo:mountainlab/payments-service:environment:sandbox")
        }
        let plan = try await office.expect(0, "plan", "mountainlab", "-o", "markdown")
        #expect(
            plan.output.contains("payments-live-operator")
                && plan.output.contains("repo:mountainlab/payments-service:environment:sandbox"), "\(plan)")
        // A person who is to write in live, standing, is refused; so is a runner among people.
        try office.edit("mountainlab/tenants/payments.yaml") {
            $0.replacing("    - ana@mountainlab.io\n", with: "    - ana@mountainlab.io\n    - \(Self.runner)\n")
        }
        let invalid = try await office.expect(1, "validate", "mountainlab")
        #expect(invalid.everything.contains("tenants/payments.yaml:"), "\(invalid)")
    }
}
