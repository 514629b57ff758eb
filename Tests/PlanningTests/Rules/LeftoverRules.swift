import AccessModel
import Definitions
import Planning
import TestSupport
import Testing

/// Keys and sessions are never given by a plan, and are left to nobody who is not active.
@Suite struct LeftoverRules {
    private let corp = Sample.slug("corp")

    private func key(_ name: String) -> Fact {
        .credential(
            Credential(identity: .person(Sample.id("e-\(name)")), id: "AKIA-\(name)", createdAt: nil, lastUsedAt: nil))
    }

    private func session(_ name: String) -> Fact {
        .session(Session(identity: .person(Sample.id("e-\(name)")), id: "s-\(name)", until: nil))
    }

    private func world(javi presence: PersonState.Presence) throws -> PlanningWorld {
        var world = PlanningWorld()
        world.builder.tenant("payments", admins: ["marta"], contributors: ["javi"])
        for name in ["marta", "javi"] { world.person(name) }
        try world.apply()
        world.held[corp, default: []] += [key("marta"), key("javi"), session("javi")]
        world.held[corp, default: []].append(
            .credential(Credential(identity: .foreign("bot"), id: "AKIA-bot", createdAt: nil, lastUsedAt: nil)))
        world.person("javi", presence: presence, cause: .event(source: "hr", id: "9", type: "left"))
        return world
    }

    private func ofLeftovers(_ changes: [Change]) -> [Change] {
        changes.filter { $0.fact.kind == .credential || $0.fact.kind == .session }
    }

    @Test(arguments: [
        PersonState.Presence.left, .suspended, .notStarted(Sample.day("2099-01-01")), .ended(Sample.day("2020-01-01")),
        .compromised,
    ])
    func whoIsNotActiveIsLeftNone(presence: PersonState.Presence) throws {
        let found = ofLeftovers(try world(javi: presence).outcome().plan.changes)
        #expect(found.map(\.fact) == [key("javi"), session("javi")])
        #expect(found.allSatisfy { $0.operation == .remove && $0.lane == .revoke && !$0.isCounted })
        #expect(found.allSatisfy { $0.causes == [.event(source: "hr", id: "9", type: "left")] })
    }

    @Test func whoIsActiveKeepsTheirs() throws {
        #expect(ofLeftovers(try world(javi: .active).outcome().plan.changes).isEmpty)
    }

    @Test func aNarrowedPlanLeavesOthersAlone() throws {
        let world = try world(javi: .left)
        let marta = try world.outcome(narrowedTo: [Sample.id("e-marta")])
        #expect(ofLeftovers(marta.plan.changes).isEmpty)
        let javi = try world.outcome(narrowedTo: [Sample.id("e-javi")])
        #expect(ofLeftovers(javi.plan.changes).count == 2)
    }
}
