import AccessModel
import Definitions
import Policies
import StrictJSON
import TestSupport
import Testing

/// How what policies say comes together.
@Suite struct DecisionTests {
    private func set(_ policies: String) throws -> (PolicySet, PolicyWorld) {
        let organization = PolicyFiles.organization("policies:\n" + policies)
        let compiled = PolicySet.compile(organization)
        return (try #require(compiled.set, "\(compiled.diagnostics)"), PolicyFiles.world(organization))
    }

    private func decide(_ policies: String, _ asked: AskedWindow) throws -> Decision {
        let (set, world) = try set(policies)
        return set.decide(world.request(asked))
    }

    private let asked = PolicyFiles.asked("javi", "payments/live/contributor")

    @Test func whatNobodySpeaksToIsAllowed() throws {
        let decision = try decide("  - {name: a, on: request, when: group.tenant == \"shop\", deny: no}\n", asked)
        #expect(decision == Decision(verdict: .allowed, risk: 5 * 4 + 10))
    }

    @Test func denyOverridesAndTheRestIsStillSaid() throws {
        let decision = try decide(
            """
              - {name: a, on: request, require_approval: {from: approvers, count: 2}}
              - {name: b, on: request, when: group.live, deny: "no {group.slug} for {subject.email}; {{b}}"}
              - {name: c, on: request, limit: 1h, warn: short}
            """, asked)
        #expect(decision.verdict == .denied)
        #expect(decision.denials.map(\.message) == ["no payments-live-contributors for javi@mountainlab.io; {b}"])
        #expect(decision.matches.map(\.policy.text) == ["a", "b", "c", "c"])
        #expect(decision.window == .hours(1))
        #expect(decision.decisive.map(\.text) == ["a", "b"])
        #expect(decision.warnings.map(\.message) == ["short"])
        let denial = try #require(decision.denials.first)
        #expect(denial.place == SourceLocation(file: "policies/p.yaml", line: 3, column: 12))
        #expect(denial.inputs.map(\.path) == ["group.live"])
        #expect(denial.inputs.map(\.value) == [true])
    }

    @Test func approvalsUniteAndTheTightestWindowCounts() throws {
        let decision = try decide(
            """
              - {name: a, on: request, require_approval: {from: approvers, count: 1, within: 4h}, limit: 4h}
              - {name: b, on: request, require_approval: {from: approvers, count: 2, within: 1h}, limit: 90m}
              - {name: c, on: request, require_approval: {from: [shop-live-admins, luis@mountainlab.io]}, risk: -3}
              - {name: d, on: request, risk: size(request.reason) + risk}
            """, asked)
        #expect(decision.verdict == .needsApproval)
        #expect(decision.approvalCount == 3)
        #expect(
            decision.approvals == [
                ApprovalRequirement(
                    from: .approvers, count: 2, within: .hours(1), policies: [Sample.slug("a"), Sample.slug("b")]),
                ApprovalRequirement(
                    from: .any(groups: [Sample.group("shop/live/admin")], people: [Sample.email("luis")]), count: 1,
                    policies: [Sample.slug("c")]),
            ])
        #expect(decision.window == .minutes(90))
        #expect(decision.risk == 30 - 3 + 5 + 30)
        for requirement in decision.approvals { #expect(ApprovalRequirement(json: requirement.json) == requirement) }
    }

    @Test func theGroupsOwnRuleIsAddedOnDemand() throws {
        let rule = JITRule(approval: .twoParty, maximumDuration: .hours(1), justificationRequired: true)
        let decision = try decide(
            "  - {name: a, on: request, require_approval: {from: approvers}, limit: 4h}\n", asked
        ).adding(rule)
        #expect(decision.approvals.map(\.count) == [2])
        #expect(decision.window == .hours(1))
        #expect(Decision(verdict: .denied).adding(rule).verdict == .denied)
    }

    @Test func whatIsObservedChangesNothing() throws {
        let decision = try decide(
            """
              - {name: a, on: request, mode: observe, deny: no, risk: 50, limit: 1m, warn: w}
              - {name: b, on: request, mode: observe, require_approval: {from: approvers}}
            """, asked)
        #expect(decision.verdict == .allowed)
        #expect(decision.risk == 30)
        #expect(decision.window == nil)
        #expect(decision.approvals == [])
        #expect(decision.matches.count == 5)
        #expect(decision.matches.allSatisfy { !$0.counts && $0.mode == .observe })
        #expect(decision.warnings == [])
    }

    @Test(arguments: [("INC-12", true), ("see INC-12, please", true), ("inc-12", false), ("", false)])
    func aReasonIsSearchedForItsPattern(reason: String, isEnough: Bool) throws {
        let policies =
            "  - {name: a, on: request, require_justification: {pattern: \"[A-Z]+-[0-9]+\", message: name a ticket}}\n"
        let decision = try decide(
            policies, PolicyFiles.asked("javi", "payments/live/contributor", reason: reason))
        #expect(decision.verdict == (isEnough ? .allowed : .denied))
        #expect(decision.denials.map(\.message) == (isEnough ? [] : ["name a ticket"]))
    }

    @Test func whatCannotBeEvaluatedDeniesWhatGrants() throws {
        let policies = "  - {name: a, on: [request, change], when: \"subject.groups[7] == 'x'\", warn: w}\n"
        let decision = try decide(policies, asked)
        #expect(decision.verdict == .denied)
        #expect(decision.denials.first?.message.hasPrefix("it could not be decided: index out of range") == true)
        let observed = try decide(policies.replacing("warn: w", with: "mode: observe, warn: w"), asked)
        #expect(observed.verdict == .allowed)
        let (set, _) = try set(policies)
        let removal = try PolicyQuestion(json: [
            "on": "change", "change": ["lane": "revoke", "operation": "remove", "kind": "membership"],
        ])
        #expect(removal.lessensAccess)
        #expect(set.decide(removal).verdict == .allowed)
        #expect(set.decide(removal).warnings.count == 1)
        let grant = try PolicyQuestion(json: [
            "on": "change", "change": ["lane": "grant", "operation": "add", "kind": "membership"],
        ])
        #expect(set.decide(grant).verdict == .denied)
    }

    @Test func whatTakesTooLongDeniesWhatGrants() throws {
        let loop =
            "[1,2,3,4,5,6,7,8].all(a, [1,2,3,4,5,6,7,8].all(b, [1,2,3,4,5,6,7,8].all(c, [1,2,3,4,5,6,7,8].all("
            + "d, [1,2,3,4,5,6,7,8].all(e, [1,2,3,4,5,6,7,8].all(f, a + b + c + d + e + f > 0))))))"
        let decision = try decide("  - {name: a, on: request, when: \"\(loop)\", warn: w}\n", asked)
        #expect(decision.verdict == .denied)
        #expect(decision.denials.map(\.effect) == [.failure])
    }

    @Test func anAgentThatIsNotAskedDeniesWhatGrants() throws {
        let policies =
            "  - {name: a, on: [request, change], opa: {url: \"https://opa.example\", path: t/allow}}\n"
        let (set, world) = try set(policies)
        let question = world.request(asked)
        #expect(set.externalQuestions(question).map(\.policy.text) == ["a"])
        #expect(set.externalQuestions(question).first?.input == question.inputs)
        #expect(set.decide(question).verdict == .denied)
        let name = Sample.slug("a")
        #expect(set.decide(question, external: ExternalAnswers([name: .allowed])).verdict == .allowed)
        let denied = set.decide(question, external: ExternalAnswers([name: .denied(reasons: ["closed"])]))
        #expect(denied.denials.map(\.message) == ["closed"])
        let removal = try PolicyQuestion(json: [
            "on": "change", "change": ["lane": "revoke", "operation": "remove"],
        ])
        #expect(set.decide(removal).verdict == .allowed)
    }

    @Test func builtInRulesOfRequestsAndApprovals() throws {
        let (set, world) = try set("  - {name: a, on: request, warn: w}\n")
        let own = world.approval(of: asked, by: Sample.id("e-javi"), isEligible: true)
        #expect(set.decide(own).decisive.map(\.text) == ["no-self-approval"])
        let stranger = world.approval(of: asked, by: Sample.id("e-ana"), isEligible: false)
        #expect(set.decide(stranger).decisive.map(\.text) == ["role-ceilings"])
        let admin = world.approval(of: asked, by: Sample.id("e-luis"), isEligible: true)
        #expect(set.decide(admin).verdict == .allowed)
        let forOther = world.approval(
            of: asked, requestedBy: Sample.id("e-luis"), by: Sample.id("e-luis"), isEligible: true)
        #expect(set.decide(forOther).decisive.map(\.text) == ["no-self-approval"])
        let long = PolicyFiles.asked("javi", "payments/live/contributor", .hours(13))
        #expect(set.decide(world.request(long)).decisive.map(\.text) == ["role-ceilings"])
        #expect(set.decide(world.breakGlass(long)).decisive.map(\.text) == ["role-ceilings"])
        let machine = PolicyFiles.asked("javi", "payments/live/operator")
        #expect(set.decide(world.request(machine)).decisive.map(\.text) == ["no-human-operator"])
    }

    /// Who has left bears an address no more, and whoever has it now is the one who is named.
    @Test func anAddressNamesWhoHasNotLeft() throws {
        var base = PolicyFiles.world()
        base.person("aaron", email: "luis", presence: .left)
        let world = PolicyWorld(base.input)
        #expect(world.people(in: [], named: [Sample.email("luis")]) == [Sample.id("e-luis")])
    }

    @Test func separationOfDuties() throws {
        var organization = PolicyFiles.world().builder.organization
        organization.platform.separations = [
            SeparationRule(
                name: Sample.slug("pay-and-sell"), groups: ["payments-live-readers", "shop-live-contributors"],
                place: SourceLocation(file: "platform.yaml", line: 1, column: 1))
        ]
        let set = try #require(PolicySet.compile(organization).set)
        let world = PolicyFiles.world(organization)
        let decision = set.decide(world.request(PolicyFiles.asked("marta", "shop/live/contributor")))
        #expect(decision.decisive.map(\.text) == ["separation-of-duties"])
        #expect(
            decision.denials.map(\.message) == [
                "separation of duties (pay-and-sell): marta@mountainlab.io holds what goes ill with "
                    + "shop-live-contributors"
            ])
        let other = set.decide(world.request(PolicyFiles.asked("marta", "shop/sandbox/contributor")))
        #expect(other.verdict == .allowed)
    }
}
