import Foundation
import StrictJSON
import TestSupport
import Testing

/// Policies on people and on changes, through the real command.
@Suite struct AskedHoldStoryTests {
    @Test func aChangeWaitsForThoseWhomThePolicyAsks() async throws {
        var office = try await Rehearsal.applied()
        try office.write(
            "mountainlab/policies/newcomers.yaml",
            """
            policies:
              - name: newcomers-of-payments
                on: change
                when: subject.id == "e-0010" && group.tenant == "payments"
                require_approval: {from: [marta@mountainlab.io, lucia@mountainlab.io, javi@mountainlab.io], count: 2}

            """)
        try office.edit("mountainlab/tenants/payments.yaml") {
            $0.replacing(
                "    - carmen@mountainlab.io\n", with: "    - carmen@mountainlab.io\n    - ines@mountainlab.io\n")
        }
        office.clock = "2026-11-21T09:00:00Z"
        try await office.expect(3, "apply", "mountainlab", "--yes", "--as", "javi@mountainlab.io")
        func payments() async throws -> Int { try await office.access(of: "e-0010").count { $0.contains("payments-") } }
        #expect(try await payments() == 0)
        let waiting = try #require(try await office.json("hold", "list").array)
        #expect(waiting.count == 1)
        let id = try #require(waiting.first?["id"]?.string)
        #expect(waiting.first?["needs"]?.array?.first?["missing"]?.integer == 2)
        // Javi is named and applied it.
        #expect(
            waiting.first?["needs"]?.array?.first?["open"]?.array?.compactMap(\.string).count == 2)
        for (status, person) in [
            (Int32(3), "javi@mountainlab.io"), (3, "ines@mountainlab.io"), (3, "pedro@mountainlab.io"),
            (0, "marta@mountainlab.io"), (3, "marta@mountainlab.io"),
        ] {
            try await office.expect(status, "hold", "approve", id, "--as", person)
        }
        let shown = try await office.expect(0, "hold", "show", id)
        #expect(shown.output.contains("agreed   e-0001") && shown.output.contains("missing  1 of e-0006"))
        try await office.expect(3, "apply", "mountainlab", "--yes", "--as", "javi@mountainlab.io")
        #expect(try await payments() == 0)
        try await office.expect(0, "hold", "approve", id, "--as", "lucia@mountainlab.io")
        try await office.expect(0, "apply", "mountainlab", "--yes", "--as", "javi@mountainlab.io")
        #expect(try await payments() > 0)
        try await office.expectGenuineLog()
    }

    @Test func aPolicyEndsAStay() async throws {
        var office = try await Rehearsal.applied()
        let person = "x-0001"
        func limit(_ days: Int) throws {
            try office.write(
                "mountainlab/policies/stays.yaml",
                "policies:\n  - {name: short-stay, on: person, when: 'subject.type == \"external\"', limit: \(days)d}\n"
            )
        }
        try limit(365 * 50)
        try await office.expect(0, "apply", "mountainlab", "--yes")
        #expect(try await office.access(of: person).contains("corp account active"))
        office.clock = "2026-11-21T09:00:00Z"
        try limit(1)
        try await office.expect(0, "apply", "mountainlab", "--yes")
        #expect(try await office.access(of: person).allSatisfy { $0.hasSuffix("account disabled") })
        let why = try await office.expect(0, "explain", person)
        #expect(why.output.contains("policy `short-stay` allows 1 day"))
        try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        try await office.expectGenuineLog()
    }
}
