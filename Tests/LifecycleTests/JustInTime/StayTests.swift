import AccessModel
import Definitions
import Lifecycle
import TestSupport
import Testing

/// A policy that limits how long people are here, from the plan to the windows.
@Suite struct StayTests {
    private static let contractors =
        "policies:\n  - {name: short, on: person, when: 'subject.id == \"e-javi\"', limit: 400d}\n"

    /// Everybody's first day is 2026-01-01.
    private func with(_ text: String, _ body: (AccessBench) async throws -> Void) async throws {
        let reading = DefinitionReader.readPolicies(DefinitionFile(path: "policies/p.yaml", text: text))
        #expect(reading.diagnostics == [])
        try await AccessBench.with({ $0.organization.policies = reading.policies }, body)
    }

    @Test func accessGoesWithTheLastDayAndWindowsToo() async throws {
        try await with(Self.contractors) { bench in
            bench.clock.advance(by: try #require(Instant("2027-02-04T22:00:00Z")) - Sample.now)
            try await bench.reconcile()
            let ticket = try await bench.opened("javi", for: .hours(4))
            #expect(await bench.holds("javi") == ["corp", "shop"])
            let history = AccessHistory(
                context: bench.context("tenure"), definitions: bench.definitions,
                abilities: Dictionary(
                    uniqueKeysWithValues: bench.definitions.organization.targets.map { ($0.name, Sample.directory) }),
                at: bench.clock.now())
            let why = try await history.explain("e-javi")
            #expect(why.notes.contains { $0.code == "stay-capped" && $0.message.contains("until 2027-02-04") })
            #expect(why.state.nextChange == Instant("2027-02-05T00:00:00Z"))

            bench.clock.advance(by: .hours(2))
            let refused = try await bench.desk("javi").request(
                AccessDesk.Draft(group: "payments/live/contributor", reason: "INC-1"))
            #expect(refused.state == "denied")
            try await bench.reconcile()
            #expect(await bench.holds("javi").isEmpty)
            #expect(await bench.holds("javi", "payments-live-readers").isEmpty)
            #expect(await bench.holds("ana", "payments-live-readers") == ["corp", "shop"])
            #expect(try await bench.window(ticket)?.lostAt != nil)
        }
    }

    /// A policy that puts everybody out at once is held like names that are gone from the files.
    @Test func aNewLimitForEverybodyIsHeld() async throws {
        try await AccessBench.with { bench in
            var organization = bench.definitions.organization
            let text = "policies:\n  - {name: all, on: person, limit: 7d}\n"
            organization.policies =
                DefinitionReader.readPolicies(DefinitionFile(path: "policies/p.yaml", text: text)).policies
            organization.revision = "revision-2"
            let survey = try await bench.reconciler.survey(
                DefinitionSet(organization: organization, files: []), previous: bench.definitions.organization)
            let revoked = survey.plan.changes.filter { $0.lane == .revoke }
            #expect(!revoked.isEmpty && revoked.allSatisfy { $0.isHeld })
            let outcome = try await bench.reconciler.carryOut(survey, patience: .zero) { _ in }
            #expect(outcome.holds.count == 1)
            #expect(await bench.holds("ana", "payments-live-readers") == ["corp", "shop"])
            // In force now, it stays so until somebody has decided.
            let later = try await bench.reconciler.survey(
                DefinitionSet(organization: organization, files: []), previous: nil)
            let still = later.plan.changes.filter { $0.lane == .revoke }
            #expect(!still.isEmpty && still.allSatisfy { $0.isHeld })
        }
    }
}
