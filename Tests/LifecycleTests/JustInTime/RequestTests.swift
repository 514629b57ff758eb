import AccessModel
import Definitions
import Lifecycle
import Persistence
import TestSupport
import Testing

/// What may be asked for, who has to agree, and who may not.
@Suite struct RequestTests {
    private func draft(
        _ group: String = "payments/live/contributor", _ reason: String = "INC-1", _ duration: Span? = .hours(1)
    ) -> AccessDesk.Draft {
        AccessDesk.Draft(group: group, reason: reason, duration: duration)
    }

    @Test func whatNobodyHasToAgreeToOpensAtOnce() async throws {
        try await AccessBench.with { bench in
            let ticket = try await bench.desk("javi").request(draft("payments/sandbox/contributor"))
            #expect(ticket.request?.state == .approved && ticket.window?.approvedBy == [])
            #expect(ticket.window.map { $0.until - $0.from } == .hours(1))
            #expect(ticket.state == "scheduled")
            try await bench.reconcile("javi")
            #expect(try await bench.window(ticket)?.state == .open)
            #expect(await bench.holds("javi", "payments-sandbox-contributors") == ["corp", "shop"])
        }
    }

    @Test func aPeerAgreesAndNobodyElse() async throws {
        try await AccessBench.with { bench in
            let ticket = try await bench.desk("javi").request(draft())
            #expect(ticket.isPending && ticket.missing == 1)
            #expect(ticket.waitsFor.map(\.text) == ["e-ana", "e-iris", "e-marta", "e-nora"])
            let own = try await refusal { try await bench.desk("javi").approve(ticket.id) }
            #expect(own?.contains("nobody approves their own request") == true)
            let reader = try await refusal { try await bench.desk("pedro").approve(ticket.id) }
            #expect(reader?.contains("may not approve") == true)
            let nobody = try await refusal(.invalid) { try await bench.desk("local:eva").approve(ticket.id) }
            #expect(nobody?.contains("--as") == true)
            #expect(await bench.holds("javi").isEmpty)
            let approved = try await bench.desk("ana").approve(ticket.id)
            #expect(approved.window?.approvedBy.map(\.text) == ["e-ana"])
            let again = try await refusal { try await bench.desk("nora").approve(ticket.id) }
            #expect(again == "it was approved already by e-ana")
            #expect(try await bench.records("policy.decided").count { $0.body["verdict"]?.string == "denied" } == 2)
        }
    }

    /// One human with two ids in HR, who share an address.
    @Test func aSecondAccountOfTheRequesterIsTheRequester() async throws {
        try await AccessBench.with { builder in
            builder.organization.tenants[0].contributors += ["jota", "jotados"].map {
                ListedPerson(
                    email: Sample.email($0),
                    place: AccessModel.SourceLocation(file: "tenants/payments.yaml", line: 9, column: 9))
            }
        } _: { bench in
            try await bench.join("jota", aliases: ["jo"])
            try await bench.join("jota2", email: "jotados", aliases: ["jo"], isChecked: false)
            try await bench.reconcile()
            let ticket = try await bench.desk("jota").request(draft())
            #expect(!ticket.waitsFor.map(\.text).contains { $0.hasPrefix("e-jota") })
            try await expectRefused("nobody approves their own request") {
                try await bench.desk("jota2").approve(ticket.id)
            }
        }
    }

    @Test func twoPartiesAreTwoPeople() async throws {
        try await AccessBench.with { builder in
            let key = JITKey(tier: Sample.slug("live"), role: .contributor)
            builder.organization.tenants[0].jitOverrides[key] = JITOverride(approval: .twoParty)
        } _: { bench in
            let ticket = try await bench.desk("javi").request(draft())
            #expect(ticket.missing == 2)
            #expect(try await bench.desk("ana").approve(ticket.id).missing == 1)
            let twice = try await refusal { try await bench.desk("ana").approve(ticket.id) }
            #expect(twice?.contains("approved it before") == true)
            // Who agreed and left since does not count.
            try await bench.hear("left", "ana", ["status": "left"])
            #expect(try await bench.desk("nora").approve(ticket.id).isPending)
            let done = try await bench.desk("iris").approve(ticket.id)
            #expect(done.window?.approvedBy.map(\.text) == ["e-iris", "e-nora"])
        }
    }

    @Test func tooFewApproversAreNamed() async throws {
        try await AccessBench.with { builder in
            builder.organization.core.groups = []
            builder.organization.tenants[0].admins.removeLast()
        } _: { bench in
            let ticket = try await bench.desk("marta").request(draft("payments/live/admin"))
            #expect(ticket.isDenied && ticket.window == nil)
            #expect(ticket.refusals.first?.contains("needs 1 of the group's approvers") == true)
            #expect(ticket.refusals.first?.contains("1 more must be listed") == true)
        }
    }

    @Test func whatTheRuleDoesNotAllowIsDenied() async throws {
        try await AccessBench.with { bench in
            func denial(_ name: String, _ draft: AccessDesk.Draft) async throws -> String {
                let ticket = try await bench.desk(name).request(draft)
                #expect(ticket.isDenied)
                return ticket.refusals.joined()
            }
            #expect(
                try await denial("javi", draft("payments/live/contributor", "x", .hours(5))).contains("longer than 4h"))
            #expect(try await denial("javi", draft("payments/live/contributor", "  \n ")).contains("asks for a reason"))
            #expect(try await denial("javi", draft("payments/live/admin")).contains("not eligible"))
            #expect(try await denial("omar", draft()).contains("not eligible"))
            #expect(try await denial("javi", draft("payments/live/reader")).contains("only contributor and admin"))
            let unknown = try await refusal(.unknown) { try await bench.desk("javi").request(draft("payments/live/x")) }
            #expect(unknown?.contains("there is no group") == true)
            let past = try await refusal(.invalid) {
                try await bench.desk("javi").request(
                    AccessDesk.Draft(group: "payments/live/contributor", reason: "x", start: Sample.now - .hours(1)))
            }
            #expect(past?.contains("is past") == true)
            #expect(try await bench.records("access.denied").count == 5)
        }
    }

    @Test func anEditNeedsNewApprovals() async throws {
        try await AccessBench.with { builder in
            let key = JITKey(tier: Sample.slug("live"), role: .contributor)
            builder.organization.tenants[0].jitOverrides[key] = JITOverride(approval: .twoParty)
        } _: { bench in
            let ticket = try await bench.desk("javi").request(draft())
            _ = try await bench.desk("ana").approve(ticket.id)
            let stranger = try await refusal { try await bench.desk("nora").edit(ticket.id, .init(reason: "y")) }
            #expect(stranger?.contains("who asked") == true)
            let edited = try await bench.desk("javi").edit(ticket.id, .init(reason: "INC-2", duration: .hours(2)))
            #expect(edited.missing == 2 && edited.agreements.isEmpty)
            #expect(edited.request?.hash != ticket.request?.hash)
            let seen = try await refusal(.stale) {
                try await bench.desk("nora").approve(ticket.id, hash: ticket.request?.hash)
            }
            #expect(seen?.contains("edited since") == true)
            #expect(try await bench.desk("nora").approve(ticket.id).missing == 1)
            let done = try await bench.desk("ana").approve(ticket.id)
            #expect(done.window.map { $0.until - $0.from } == .hours(2) && done.window?.reason == "INC-2")
            let late = try await refusal { try await bench.desk("javi").edit(ticket.id, .init(reason: "z")) }
            #expect(late?.contains("approved already") == true)
        }
    }

    @Test func requestsExpireAndAreTakenBack() async throws {
        try await AccessBench.with { bench in
            let first = try await bench.desk("javi").request(draft())
            let second = try await bench.desk("ana").request(draft())
            let third = try await bench.desk("iris").request(draft())
            try await expectRefused { try await bench.desk("ana").withdraw(first.id) }
            #expect(try await bench.desk("ana").withdraw(second.id).request?.state == .withdrawn)
            try await expectRefused { try await bench.desk("pedro").deny(third.id, reason: "no") }
            #expect(try await bench.desk("nora").deny(third.id, reason: "no").request?.decision == "no")
            bench.clock.advance(by: .hours(8))
            let late = try await refusal { try await bench.desk("nora").approve(first.id) }
            #expect(late?.contains("expired") == true)
            #expect(try await bench.desk("nora").show(first.id).request?.state == .expired)
            #expect(try await bench.records("access.expired", "access.withdrawn", "access.denied").count == 3)
            let kinds = Set(bench.notices.all.map(\.kind))
            #expect(kinds.isSuperset(of: [.requested, .expired, .withdrawn, .denied]))
        }
    }

    @Test func eligibilityIsLookedAtAgainWhenTheLastOneAgrees() async throws {
        try await AccessBench.with { bench in
            let ticket = try await bench.desk("javi").request(draft())
            try await bench.hear("suspended", "javi", ["status": "suspended"])
            let gone = try await refusal { try await bench.desk("nora").approve(ticket.id) }
            #expect(gone?.contains("not active") == true)
            #expect(try await bench.desk("nora").show(ticket.id).request?.state == .denied)
        }
    }
}
