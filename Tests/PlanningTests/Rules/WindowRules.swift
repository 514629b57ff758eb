import AccessModel
import Definitions
import Planning
import TestSupport
import Testing

/// What a window asks of its person besides being listed.
@Suite struct WindowRules {
    private let from = Sample.now - .hours(1)
    private let until = Sample.now + .hours(1)

    private func world(_ grant: Grant, moved: Instant? = nil) -> PlanningWorld {
        var world = PlanningWorld()
        world.builder.tenant("payments", admins: ["marta"], contributors: ["javi"])
        world.builder.organization.platform.breakGlass = BreakGlassRule(
            people: [
                ListedPerson(
                    email: Sample.email("lucia"),
                    place: AccessModel.SourceLocation(file: "platform.yaml", line: 1, column: 1))
            ], maximumDuration: .hours(1), reviewWithin: .hours(24))
        world.person("marta")
        let moves = moved.map { [PersonState.Move(effective: $0, cause: Sample.snapshot)] } ?? []
        for name in ["javi", "lucia"] { world.person(name, moves: moves) }
        world.grants = [grant]
        return world
    }

    private func grant(
        _ name: String, from: Instant? = nil, isEmergency: Bool = false, askedAt: Instant? = nil
    ) -> Grant {
        Grant(
            id: "g", person: Sample.id("e-\(name)"), group: Sample.group("payments/live/contributor"), reason: "x",
            approvedBy: [], from: from ?? self.from, until: until, isEmergency: isEmergency, askedAt: askedAt)
    }

    private func isLost(_ world: PlanningWorld) throws -> Bool {
        let isHeld = Planner.who(Sample.group("payments/live/contributor"), world.input)?.members.isEmpty == false
        let isLost = try world.outcome().upkeep.lostGrants == ["g"]
        #expect(isHeld != isLost)
        return isLost
    }

    @Test func whoeverMovedOrCameBackSinceItWasAskedForHasLostIt() throws {
        // In this world everybody is here since now.
        #expect(try !isLost(world(grant("javi", askedAt: Sample.now))))
        #expect(try isLost(world(grant("javi", askedAt: Sample.now - .seconds(1)))))
        let moved = Sample.now + .seconds(1)
        #expect(try isLost(world(grant("javi", askedAt: Sample.now), moved: moved)))
        #expect(try !isLost(world(grant("javi", askedAt: moved), moved: moved)))
    }

    @Test func aWindowToComeIsLostLikeAnOpenOne() throws {
        let world = world(grant("lucia", from: Sample.now + .minutes(30)))
        #expect(try world.outcome().upkeep.lostGrants == ["g"])
    }

    @Test func brokenGlassAsksForTheListAlone() throws {
        #expect(try isLost(world(grant("lucia"))))
        #expect(try !isLost(world(grant("lucia", isEmergency: true))))
        #expect(try isLost(world(grant("javi", isEmergency: true))))
    }
}
