import AccessModel
import Lifecycle
import Persistence
import TestSupport
import Testing

/// Taken at once, told to others, looked at afterwards.
@Suite struct BreakGlassTests {
    private let group = "payments/live/admin"

    @Test func itOpensAtOnceAndOthersAreTold() async throws {
        try await AccessBench.with { bench in
            let ticket = try await bench.desk("lucia").breakGlass(group, reason: "all is down", duration: nil)
            try await bench.reconcile("lucia")
            let window = try await bench.window(ticket)
            #expect(window?.state == .open && window.map { $0.until - $0.from } == .hours(1))
            #expect(await bench.holds("lucia", "payments-live-admins") == ["corp", "shop"])
            #expect(ticket.activation?.informed.map(\.text) == ["e-javi", "e-marta", "e-nora"])
            let notice = bench.notices.all.first { $0.kind == .glassBroken }
            #expect(notice?.to.map(\.text) == ["e-javi", "e-marta", "e-nora"] && notice?.subject == ticket.id)
            bench.clock.advance(by: .hours(1))
            try await bench.sweep()
            #expect(await bench.holds("lucia", "payments-live-admins").isEmpty)
            _ = try await bench.desk("nora").review(ticket.id, outcome: .justified, note: "it was down")
            try await tied(bench, to: ticket.id)
        }
    }

    /// Everything that was done under it is found by its id.
    private func tied(_ bench: AccessBench, to activation: String) async throws {
        let records = try await bench.records().filter {
            $0.json.compactText.contains("payments-live-admins e-lucia") || $0.type.hasPrefix("breakglass.")
                || $0.type.hasPrefix("access.")
        }
        #expect(records.count > 12)
        #expect(records.allSatisfy { $0.json.compactText.contains(activation) })
        #expect(Set(records.compactMap(\.caseID)).allSatisfy { $0.hasPrefix(activation) })
    }

    @Test func onlyThoseWhoAreNamedAndWithAReason() async throws {
        try await AccessBench.with { bench in
            let stranger = try await refusal {
                try await bench.desk("nora").breakGlass(group, reason: "x", duration: nil)
            }
            #expect(stranger?.contains("not among the people") == true)
            let silent = try await refusal {
                try await bench.desk("lucia").breakGlass(group, reason: " ", duration: nil)
            }
            #expect(silent?.contains("reason") == true)
            let long = try await refusal {
                try await bench.desk("lucia").breakGlass(group, reason: "x", duration: .hours(2))
            }
            #expect(long?.contains("longer than 1h") == true)
            let reader = try await refusal {
                try await bench.desk("lucia").breakGlass("payments/live/operator", reason: "x", duration: nil)
            }
            #expect(reader != nil)
            try await bench.hear("suspended", "lucia", ["status": "suspended"])
            let away = try await refusal {
                try await bench.desk("lucia").breakGlass(group, reason: "x", duration: nil)
            }
            #expect(away?.contains("not active") == true)
            #expect(try await bench.records("policy.decided").count == 5)
            #expect(try await bench.records("breakglass.activated").isEmpty)
        }
    }

    @Test func anUnreviewedOneKeepsItsPersonFromTheNext() async throws {
        try await AccessBench.with { bench in
            let first = try await bench.desk("lucia").breakGlass(group, reason: "down", duration: nil)
            try await expectRefused { try await bench.desk("lucia").review(first.id, outcome: .justified, note: "x") }
            bench.clock.advance(by: .hours(23))
            _ = try await bench.desk("lucia").breakGlass(group, reason: "again", duration: nil)
            bench.clock.advance(by: .hours(1))
            let blocked = try await refusal {
                try await bench.desk("lucia").breakGlass(group, reason: "more", duration: nil)
            }
            #expect(blocked?.contains(first.id) == true)
            // It is that person's alone.
            _ = try await bench.desk("marta").breakGlass(group, reason: "mine", duration: nil)
            _ = try await bench.desk("nora").review(first.id, outcome: .misused, note: "it was not down")
            let twice = try await refusal {
                try await bench.desk("marta").review(first.id, outcome: .justified, note: "x")
            }
            #expect(twice?.contains("reviewed by e-nora already") == true)
            _ = try await bench.desk("lucia").breakGlass(group, reason: "more", duration: nil)
        }
    }

    @Test func whoIsTakenOffTheListLosesItAtOnce() async throws {
        try await AccessBench.with { bench in
            let ticket = try await bench.desk("lucia").breakGlass(group, reason: "down", duration: nil)
            try await bench.reconcile("lucia")
            var organization = bench.definitions.organization
            organization.platform.breakGlass?.people.removeFirst()
            organization.revision = "revision-2"
            let reconciler = bench.reconciler
            let survey = try await reconciler.survey(
                DefinitionSet(organization: organization, files: []), previous: bench.definitions.organization)
            _ = try await reconciler.carryOut(survey, patience: .zero) { _ in }
            #expect(await bench.holds("lucia", "payments-live-admins").isEmpty)
            #expect(try await bench.window(ticket)?.state == .lost)
        }
    }
}
