import AccessModel
import Definitions
import Planning
import Policies
import TestSupport
import Testing

@Suite struct PolicySetTests {
    private let corp = Sample.slug("corp")
    private let place = SourceLocation(file: "tenants/payments.yaml", line: 4, column: 3)

    private func world() -> PlanningWorld {
        var world = PlanningWorld()
        world.builder.tenant("payments", admins: ["marta"], readers: ["ana"], standing: ["sandbox"])
        world.builder.workload("payments", "live", "deploy")
        world.person("marta")
        world.person("ana")
        return world
    }

    private func membership(_ path: String, _ identity: IdentityID) -> Fact {
        let group = Sample.group(path)
        return .membership(
            Membership(
                group: "\(group.tenant)-\(group.tier)-\(group.role.plural)", notation: group, identity: identity,
                account: "x"))
    }

    private func change(
        _ fact: Fact, _ operation: Change.Operation = .add, lane: Change.Lane = .grant, before: Fact? = nil,
        causes: [Cause]? = nil, isHeld: Bool = false
    ) -> Change {
        Change(
            target: corp, operation: operation, lane: lane, fact: fact, before: before,
            causes: causes ?? [.definition(place)], risk: 1, stage: 2, isHeld: isHeld)
    }

    private func judge(_ changes: [Change], revision: String = "revision-1") -> Judgement {
        let plan = Plan(
            hash: "h", changes: changes, blastRadius: BlastRadius(), definitionsRevision: revision,
            plannedAt: Sample.now, notes: [])
        return PolicySet.builtIn.judge(plan, organization: world().builder.organization)
    }

    private let ana = IdentityID.person(Sample.id("e-ana"))
    private let window = Cause.grant(id: "g", until: Sample.now + .hours(1))

    @Test func whatThePlannerPlansIsApproved() throws {
        var world = world()
        world.grant("g", "marta", "payments/live/admin", from: Sample.now - .hours(1), until: Sample.now + .hours(1))
        let plan = try world.outcome().plan
        let judgement = PolicySet.builtIn.judge(plan, organization: world.builder.organization)
        #expect(judgement.verdict == Verdict(outcome: .approved, reasons: []))
        #expect(judgement.approved.changes == plan.changes)
        #expect(judgement.approved.planHash == plan.hash)
    }

    @Test(arguments: [
        ("payments/live/contributor", "no-standing-live-write"), ("payments/live/admin", "admin-never-standing"),
        ("payments/sandbox/admin", "admin-never-standing"), ("payments/live/operator", "no-human-operator"),
        ("payments/sandbox/operator", "no-human-operator"),
    ])
    func whatMustNeverBeIsDenied(path: String, rule: String) {
        let judgement = judge([change(membership(path, ana))])
        #expect(judgement.isDenied)
        #expect(judgement.verdict.reasons.map(\.rule) == [rule])
        #expect(judgement.verdict.reasons.first?.changes.count == 1)
        #expect(judgement.approved.changes == [])
    }

    @Test(arguments: ["payments/live/contributor", "payments/live/admin", "payments/sandbox/admin"])
    func aWindowAllowsIt(path: String) {
        #expect(!judge([change(membership(path, ana), causes: [window])]).isDenied)
    }

    @Test func noWindowMakesAPersonAnOperator() {
        #expect(judge([change(membership("payments/live/operator", ana), causes: [window])]).isDenied)
    }

    @Test func standingWriteInASandboxAndWorkloadsInOperatorAreFine() {
        let workload = world().builder.organization.tenants[0].workloads[0].identity
        let judgement = judge([
            change(membership("payments/sandbox/contributor", ana)),
            change(membership("payments/live/operator", workload)),
            change(membership("payments/live/reader", ana)),
        ])
        #expect(!judgement.isDenied)
        #expect(judgement.approved.changes.count == 3)
    }

    @Test func revocationsAreNeverBlocked() {
        let fact = membership("payments/live/reader", ana)
        let removal = change(fact, .remove, lane: .revoke, before: fact)
        var disabled = Account(identity: ana, name: "ana", state: .active)
        let active = disabled
        disabled.state = .disabled
        let disabling = change(.account(disabled), .update, lane: .revoke, before: .account(active))
        let judgement = judge([
            removal, disabling, change(membership("payments/live/admin", ana)),
            change(membership("payments/live/reader", ana)),
        ])
        #expect(judgement.isDenied)
        #expect(judgement.approved.changes == [removal, disabling])
    }

    @Test func aGrantInTheLaneOfRevocationsIsDeniedAndDoesNotRun() {
        let smuggled = change(membership("payments/live/reader", ana), .add, lane: .revoke)
        #expect(judge([smuggled]).isDenied)
        #expect(judge([smuggled]).approved.changes == [])
        let asleep = Account(identity: ana, name: "ana", state: .disabled)
        let awake = Account(identity: ana, name: "ana", state: .active)
        let woken = change(.account(awake), .update, lane: .revoke, before: .account(asleep))
        #expect(judge([woken]).isDenied)
        #expect(judge([woken]).approved.changes == [])
    }

    @Test func whatIsHeldDoesNotRun() {
        let fact = membership("payments/live/reader", ana)
        let held = change(fact, .remove, lane: .revoke, before: fact, isHeld: true)
        let judgement = judge([held, change(membership("payments/live/reader", .person(Sample.id("e-marta"))))])
        #expect(!judgement.isDenied)
        #expect(judgement.approved.changes.count == 1)
        #expect(judgement.verdict.reasons.map(\.rule) == ["mass-removal"])
    }

    @Test func whatIsForAReportedTargetDoesNotRun() throws {
        var world = world()
        world.builder.organization.targets[0].mode = .report
        let plan = try world.outcome().plan
        #expect(!plan.changes.isEmpty)
        #expect(PolicySet.builtIn.judge(plan, organization: world.builder.organization).approved.changes == [])
    }

    @Test func aPlanOfOtherDefinitionsIsDenied() {
        let judgement = judge([change(membership("payments/live/reader", ana))], revision: "revision-0")
        #expect(judgement.verdict.reasons.map(\.rule) == ["same-definitions"])
        #expect(judgement.approved.changes == [])
    }
}
