import AccessModel
import Definitions
import Planning
import TestSupport
import Testing

/// FORMATS, "Approvals" and eligibility: who may ask, who may approve.
@Suite struct ApprovalRules {
    private func world() -> PlanningWorld {
        var world = PlanningWorld()
        world.builder.tenant("payments", admins: ["marta", "ivo"], contributors: ["javi"], readers: ["pedro"])
        world.builder.core("platform/live/admin", members: ["root"])
        for name in ["marta", "ivo", "javi", "pedro", "root"] { world.person(name) }
        return world
    }

    private func approvers(_ path: String, _ requester: String, _ needed: Int, _ world: PlanningWorld) -> [String] {
        WindowEligibility(world.input).approvers(
            for: Sample.group(path), requester: Sample.id("e-\(requester)"), needed: needed
        ).map(\.text)
    }

    @Test func theOtherAdminsApprove() {
        #expect(approvers("payments/live/admin", "marta", 1, world()) == ["e-ivo"])
    }

    @Test func forContributorTheOtherContributorsToo() {
        #expect(approvers("payments/live/contributor", "ivo", 1, world()) == ["e-javi", "e-marta"])
        #expect(approvers("payments/live/contributor", "javi", 1, world()) == ["e-ivo", "e-marta"])
    }

    @Test func thePlatformMakesUpTheNumber() {
        #expect(approvers("payments/live/admin", "marta", 2, world()) == ["e-ivo", "e-root"])
        #expect(approvers("payments/sandbox/admin", "marta", 2, world()) == ["e-ivo"])
    }

    @Test func whoIsNotActiveApprovesNothing() {
        var world = world()
        world.person("ivo", presence: .suspended)
        #expect(approvers("payments/live/admin", "marta", 1, world) == ["e-root"])
    }

    @Test(arguments: [
        ("payments/live/admin", ["e-ivo", "e-marta"]), ("payments/live/contributor", ["e-ivo", "e-javi", "e-marta"]),
        ("payments/sandbox/contributor", ["e-ivo", "e-javi", "e-marta", "e-pedro"]), ("payments/live/reader", []),
        ("payments/live/operator", []), ("platform/live/admin", ["e-root"]), ("platform/live/contributor", ["e-root"]),
        ("platform/sandbox/contributor", []), ("elsewhere/live/admin", []),
    ])
    func whoMayAsk(path: String, expected: [String]) {
        #expect(WindowEligibility(world().input).people(for: Sample.group(path)).map(\.text) == expected)
    }

    @Test func tooFewApproversAreSaid() {
        func shortages(_ approval: Approval) -> [String] {
            let rule = JITRule(approval: approval, maximumDuration: .hours(1), justificationRequired: true)
            return WindowEligibility(world().input).shortages { $0.role == .admin ? rule : nil }.map(\.message)
        }
        #expect(shortages(.`self`) == [])
        let peer = shortages(.peer)
        #expect(peer.count == 1 && peer[0].hasPrefix("a window on `platform-live-admins` needs 1 approver"))
        #expect(shortages(.twoParty).count == 2)
    }
}
