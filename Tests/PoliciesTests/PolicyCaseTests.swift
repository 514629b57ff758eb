import AccessModel
import Definitions
import Policies
import TestSupport
import Testing

/// Cases that stand beside policies.
@Suite struct PolicyCaseTests {
    private let policies = """
        policies:
          - name: nights
            on: [request]
            when: group.tenant == "payments" && group.live && now.getHours("Europe/Madrid") >= 20
            deny: payments is closed after 20:00
          - {name: two, on: request, when: group.role == "admin", require_approval: {from: approvers, count: 2}}
          - {name: never, on: request, when: subject.department == "Legal", warn: careful}
        """

    private func report(_ cases: String) throws -> CaseReport {
        let organization = PolicyFiles.organization(policies, cases: "cases:\n" + cases)
        return try #require(PolicySet.compile(organization).set).test(organization)
    }

    @Test func casesHoldAndCoverageIsCounted() throws {
        let report = try report(
            """
              - name: at night it is closed
                on: request
                given: {group: payments/live/contributor, subject: {department: Engineering}, now: "2026-11-21T21:00:00Z"}
                expect: {verdict: denied, by: [nights]}
              - name: by day an admin needs two
                on: request
                given: {group: payments-live-admins, request: {reason: INC-1, duration: 2h}, now: "2026-11-21T09:00:00Z"}
                expect: {verdict: needs-approval, by: [two], approvals: 2, risk: 0, warns: []}
              - name: nobody approves for themselves
                on: approval
                given: {group: payments/live/admin, subject: {id: e-1}, approver: {id: e-1, eligible: true}}
                expect: {verdict: denied, by: [no-self-approval]}
            """)
        #expect(report.failed.map(\.failures) == [])
        #expect(report.results.count == 3)
        #expect(report.coverage.map(\.spoke) == [1, 1, 0])
        #expect(report.unexercised.map(\.policy.text) == ["never"])
        #expect(report.json["unexercised"] == ["never"])
    }

    @Test func whatDoesNotHoldIsSaid() throws {
        let report = try report(
            """
              - name: wrong
                on: request
                given: {group: payments/live/admin}
                expect: {verdict: denied, by: [nights], approvals: 1, window: 1h, risk: 3, warns: [never], observed: [two]}
              - {name: unaskable, on: request, given: {group: nowhere/live/admin}, expect: {verdict: allowed}}
            """)
        #expect(
            report.results[0].failures == [
                "`verdict` is needs-approval, expected denied", "`by` is [two], expected [nights]",
                "`approvals` is 2, expected 1", "`window` is not limited, expected 1h", "`risk` is 0, expected 3",
                "`warns` is [], expected [never]", "`observed` is [], expected [two]",
            ])
        #expect(
            report.results[1].failures == [
                "policies/p.cases.yaml:6:51: there is no group `nowhere/live/admin`; give its path, its slug, or a "
                    + "mapping of its attributes"
            ])
        #expect(report.json["failed"] == 2)
    }
}
