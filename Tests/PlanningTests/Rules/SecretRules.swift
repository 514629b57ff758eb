import AccessModel
import Definitions
import Planning
import TestSupport
import Testing

/// A workload's secret is made, renewed while it still has time, and taken away when the workload goes.
@Suite struct SecretRules {
    private let safe = Sample.slug("safe")
    private let report = IdentityID.workload(
        tenant: Sample.slug("payments"), tier: Sample.slug("live"), name: Sample.slug("report"))

    private func secret(_ createdAt: Instant?, _ id: String? = nil) -> Fact {
        .credential(
            Credential(identity: report, id: id ?? report.description, createdAt: createdAt, lastUsedAt: nil))
    }

    private func world(until end: Workload.End? = nil) -> PlanningWorld {
        var world = PlanningWorld()
        world.builder.target("safe")
        world.abilities[safe] = Sample.vault
        world.builder.tenant("payments", admins: ["marta"])
        world.builder.workload("payments", "live", "report", secretFor: .days(40), until: end)
        world.person("marta")
        return world
    }

    private func changes(_ world: PlanningWorld) throws -> [Change] {
        try world.outcome().plan.changes.filter { $0.target == safe }
    }

    @Test func itIsMadeOnce() throws {
        var world = world()
        let made = try changes(world)
        #expect(made.map(\.fact) == [secret(nil)])
        #expect(made.allSatisfy { $0.operation == .add && $0.lane == .grant && $0.causes.count == 1 })
        world.held[safe] = [secret(world.now)]
        #expect(try changes(world).isEmpty)
    }

    @Test func oneThatSomebodyElseMadeIsAsGood() throws {
        var world = world()
        world.held[safe] = [secret(world.now, "prod/report")]
        #expect(try changes(world).isEmpty)
    }

    @Test("it becomes another when three quarters of its time have passed, and the plan knows when that will be")
    func itIsRenewed() throws {
        var world = world()
        let made = world.now
        world.held[safe] = [secret(made)]
        let due = made + .days(30)
        world.now = due - .seconds(1)
        let before = try world.outcome()
        #expect(before.plan.changes.filter { $0.target == safe }.isEmpty)
        #expect(before.nextChange.map { $0 <= due } ?? false)
        world.now = due
        let renewed = try changes(world)
        #expect(renewed.map(\.operation) == [.update])
        #expect(renewed.first?.before == secret(made) && renewed.first?.fact == secret(due))
        #expect(secret(made).satisfies(secret(due)) == false, "it is not taken for done")
        #expect(secret(due).satisfies(secret(due)))
        world.held[safe] = [secret(due)]
        #expect(try changes(world).isEmpty)
    }

    @Test func itGoesWithTheWorkload() throws {
        let end = Workload.End(lastDay: Sample.day("2026-12-01"), at: Sample.instant("2026-12-01T23:00:00Z"))
        var world = world(until: end)
        world.held[safe] = [secret(world.now)]
        world.now = end.at - .seconds(1)
        #expect(try changes(world).isEmpty)
        world.now = end.at
        let gone = try changes(world)
        #expect(gone.map(\.operation) == [.remove] && gone.allSatisfy { $0.lane == .revoke && !$0.isHeld })
        world.held[safe] = []
        #expect(try changes(world).isEmpty, "and is not made again")
    }

    @Test("what somebody knew before a move is another after it, and only then")
    func aMoverKnowsItNoMore() throws {
        var world = world()
        world.builder.workload("payments", "live", "other", secretFor: .days(40))
        func known(_ at: Instant) -> Fact {
            .credential(
                Credential(identity: .person(Sample.id("e-marta")), id: "shop/db", createdAt: at, lastUsedAt: nil))
        }
        let old = known(world.now - .days(5))
        world.held[safe] = [old]
        func ofMarta(_ world: PlanningWorld, narrowedTo people: Set<PersonID>? = nil) throws -> [Change] {
            try world.outcome(narrowedTo: people).plan.changes.filter {
                $0.identity?.description == "e-marta" && $0.target == safe
            }
        }
        #expect(try ofMarta(world).isEmpty)
        let move = PersonState.Move(
            effective: world.now - .days(1), cause: .event(source: "hr", id: "7", type: "moved"))
        world.person("marta", moves: [move])
        let changes = try ofMarta(world)
        #expect(changes.map(\.operation) == [.update] && changes.first?.fact == known(move.effective))
        #expect(changes.first?.causes == [move.cause])
        #expect(try ofMarta(world, narrowedTo: [Sample.id("e-marta")]).count == 1)
        #expect(try ofMarta(world, narrowedTo: []).isEmpty)
        world.held[safe] = [known(world.now)]
        #expect(try ofMarta(world).isEmpty)
    }

    @Test func whatWasNotSeenWholeIsNotMadeAgain() throws {
        let world = world()
        var observations = world.observations
        observations[safe] = TargetObservation(facts: [], isComplete: false, partialReason: "half")
        let plan = try Planner.plan(world.input, observations: observations).plan
        #expect(plan.changes.filter { $0.target == safe }.isEmpty)
        #expect(plan.notes.contains { $0.code == "incomplete-observation" && $0.message.contains("1 addition waits") })
    }

    @Test func aTargetThatCoversAnotherPlaceKeepsNone() throws {
        var world = world()
        world.builder.organization.targets[1].covers = Coordinate(tier: .exactly(Sample.slug("sandbox")))
        #expect(try changes(world).isEmpty)
    }
}
