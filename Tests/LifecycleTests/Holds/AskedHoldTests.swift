import AccessModel
import Definitions
import Lifecycle
import Notices
import TestSupport
import Testing

/// `require_approval` on changes: who is asked, who has to agree, and when it is released.
@Suite struct AskedHoldTests {
    /// Whatever pedro is given waits for two out of marta and javi (admins of the platform) and iris.
    private func with(
        within: String = "", from: String = "[platform/live/admin, iris@mountainlab.io]",
        _ body: (AccessBench) async throws -> Void
    ) async throws {
        let text = """
            policies:
              - name: pedro
                on: change
                when: subject.id == "e-pedro" && change.kind == "membership"
                require_approval: {from: \(from), count: 2\(within)}
            """
        let reading = DefinitionReader.readPolicies(DefinitionFile(path: "policies/p.yaml", text: text))
        #expect(reading.diagnostics == [])
        try await AccessBench.with({ $0.organization.policies = reading.policies }, body)
    }

    private func desk(_ name: String, _ bench: AccessBench) -> HoldDesk {
        HoldDesk(context: bench.context("e-\(name)"), definitions: bench.definitions)
    }

    private func only(_ bench: AccessBench) async throws -> HoldTicket {
        let waiting = try await desk("eva", bench).list()
        #expect(waiting.count == 1)
        return try #require(waiting.first)
    }

    /// Fails the test unless it is denied, with these words.
    private func expectDenied(_ words: String, _ body: () async throws -> HoldTicket) async throws {
        do {
            let ticket = try await body()
            Issue.record("allowed: \(ticket)")
        } catch let error as LifecycleError {
            #expect(error.code == .denied && error.message.contains(words), "\(error)")
        }
    }

    @Test func twoDistinctPeopleOfThoseWhoAreAskedReleaseIt() async throws {
        try await with { bench in
            #expect(await bench.holds("pedro", "payments-live-readers").isEmpty)
            #expect(await bench.holds("ana", "payments-live-readers") == ["corp", "shop"])
            let first = try await only(bench)
            let id = first.hold.id
            #expect(first.missing == 2)
            #expect(first.needs.map(\.open) == [["e-iris", "e-javi", "e-marta"].map(Sample.id)])
            // The same is not asked twice, and those who are asked were told, once.
            try await bench.reconcile()
            #expect(try await only(bench).hold.id == id)
            let told = try await bench.database.read { try NoticeOutbox($0).planned() }.filter { $0.about == id }
            #expect(
                told.map(\.recipients)
                    == [[.approvers: ["e-iris", "e-javi", "e-marta"].map { .person(Sample.id($0)) }]])

            try await expectDenied("is not asked") { try await desk("nora", bench).approve(id) }
            try await expectDenied("is not asked") { try await desk("pedro", bench).approve(id) }
            try await expectDenied("say who you are") {
                try await HoldDesk(context: bench.context("local:eva"), definitions: bench.definitions).approve(id)
            }
            let half = try await desk("marta", bench).approve(id)
            #expect(half.hold.state == .open && half.missing == 1)
            #expect(half.needs.map(\.agreed) == [[Sample.id("e-marta")]])
            try await expectDenied("agreed already") { try await desk("marta", bench).approve(id) }
            try await bench.reconcile()
            #expect(await bench.holds("pedro", "payments-live-readers").isEmpty)

            let whole = try await desk("javi", bench).approve(id)
            #expect(whole.hold.state == .approved && whole.missing == 0)
            try await expectDenied("approved already") { try await desk("iris", bench).approve(id) }
            try await bench.reconcile()
            #expect(await bench.holds("pedro", "payments-live-readers") == ["corp", "shop"])
            #expect(try await desk("eva", bench).list().isEmpty)
            let agreed = try await bench.records("hold.agreed").map { ($0.actor, $0.body["missing"]?.integer) }
            #expect(agreed.map(\.0) == ["e-marta", "e-javi"] && agreed.map(\.1) == [1, 0])
            #expect(try await bench.records("hold.approved").count == 1)
        }
    }

    @Test func aSecondAccountIsNoSecondPerson() async throws {
        try await with { bench in
            let id = try await only(bench).hold.id
            _ = try await desk("marta", bench).approve(id)
            try await bench.join("twin", aliases: ["marta"], isChecked: false)
            // An address that two bear names nobody; the two are one person all the same, and neither is a second one.
            try await expectDenied("is not asked") { try await desk("twin", bench).approve(id) }
            let ticket = try await only(bench)
            #expect(ticket.missing == 2 && ticket.needs.flatMap(\.open) == ["e-iris", "e-javi"].map(Sample.id))
        }
    }

    @Test func whoAgreedAndLeftDoesNotCount() async throws {
        try await with { bench in
            let id = try await only(bench).hold.id
            _ = try await desk("iris", bench).approve(id)
            try await bench.hear("left", "iris")
            let one = try await desk("marta", bench).approve(id)
            #expect(one.hold.state == .open && one.missing == 1)
            #expect(try await desk("javi", bench).approve(id).hold.state == .approved)
        }
    }

    @Test func afterItsTimeItIsAskedForAnew() async throws {
        try await with(within: ", within: 1h") { bench in
            let old = try await only(bench)
            #expect(old.until == Sample.now + .hours(1))
            _ = try await desk("marta", bench).approve(old.hold.id)
            bench.clock.advance(by: .hours(1))
            try await expectDenied("was waited for until") { try await desk("javi", bench).approve(old.hold.id) }
            try await bench.reconcile()
            let new = try await only(bench)
            #expect(new.hold.id != old.hold.id && new.missing == 2)
            #expect(try await desk("eva", bench).show(old.hold.id).hold.state == .rejected)
        }
    }

    @Test func oneOfThoseWhoAreAskedRejectsIt() async throws {
        try await with { bench in
            let id = try await only(bench).hold.id
            try await expectDenied("is not asked") { try await desk("nora", bench).reject(id) }
            #expect(try await desk("iris", bench).reject(id).hold.state == .rejected)
            #expect(await bench.holds("pedro", "payments-live-readers").isEmpty)
        }
    }

    /// The group's own approvers: another hold for each group.
    @Test func theGroupsApproversAreThoseOfItsWindows() async throws {
        try await with(from: "approvers") { bench in
            let waiting = try await desk("eva", bench).list()
            #expect(waiting.count == 2)
            for ticket in waiting {
                #expect(ticket.needs.flatMap(\.open) == ["e-marta", "e-nora"].map(Sample.id))
            }
        }
    }
}
