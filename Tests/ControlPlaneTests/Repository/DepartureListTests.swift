import AccessModel
import Definitions
import Planning
import TestSupport
import Testing

@testable import ControlPlane

/// Who is to be taken out of files, and what of each is one departure.
@Suite struct DepartureListTests {
    private static let first = Sample.now - .days(40)
    private static let second = Sample.now - .days(9)

    /// Javi moved twice. What he had in payments lapsed by the first move; search he was given between them, and it lapsed
    /// by the second.
    private func world() -> PlanningWorld {
        var world = PlanningWorld()
        world.builder.tenant("payments", readers: ["ana", "javi"])
        world.builder.tenant("search", readers: ["javi"])
        for name in ["ana", "javi"] { world.person(name) }
        let moves = [Self.first, Self.second].map {
            PersonState.Move(effective: $0, cause: .event(source: "hr", id: "2", type: "moved"))
        }
        world.person("javi", moves: moves)
        world.bind("javi", to: "javi", "payments", "readers", at: Self.first - .days(90))
        world.bind("javi", to: "javi", "search", "readers", at: Self.second - .days(31))
        world.builder.organization.platform.mover.fresh = .days(30)
        world.builder.organization.platform.mover.grace = .days(7)
        return world
    }

    private func departures(_ world: PlanningWorld) -> [DepartureList.Departure] {
        let input = world.input
        return DepartureList(Planner.desired(input).notes, input.organization, input.roster).departures
    }

    private func tenants(_ departure: DepartureList.Departure, _ world: PlanningWorld) -> [Slug] {
        world.builder.organization.tenants.filter { tenant in
            tenant.readers.contains { reader in
                departure.entries.contains { $0.file == reader.place.file && $0.line == reader.place.line }
            }
        }.map(\.name)
    }

    @Test func eachLapseIsADepartureOfItsOwn() throws {
        let world = world()
        let found = departures(world)
        #expect(found.map(\.at) == [Self.first + .days(7), Self.second + .days(7)])
        #expect(found.allSatisfy { $0.isMove && $0.person == Sample.id("e-javi") })
        #expect(found.map { tenants($0, world) } == [[Sample.slug("payments")], [Sample.slug("search")]])
        // A move more makes no other departure of what lapsed before it.
        var earlier = world
        earlier.now = Self.second - .days(1)
        #expect(departures(earlier).map(\.at) == [Self.first + .days(7)])
    }

    @Test func whoIsConfirmedStaysAndWhoLeavesDepartsAnew() throws {
        var world = world()
        world.recorded.confirmations[Sample.id("e-javi")] = [Sample.slug("search"): Sample.now - .days(1)]
        #expect(departures(world).map(\.at) == [Self.first + .days(7)])
        world.person("javi", presence: .left)
        let left = departures(world)
        #expect(left.map(\.isMove) == [false] && left.first?.entries.count == 2)
        world.person("javi", presence: .suspended)
        #expect(departures(world).isEmpty)
    }

    @Test func aBranchSaysWhatItProposes() throws {
        let world = world()
        let found = departures(world)
        let base = String(repeating: "a", count: 40)
        let both = DepartureBranch(found, onto: base).name
        #expect(both.hasPrefix("tenure/movers-e-javi-and-1-aaaaaaaaaa-"))
        #expect(DepartureBranch.proposes(found, in: both) && !DepartureBranch.proposes([found[0]], in: both))
        #expect(!DepartureBranch.proposes([], in: both))
        let one = DepartureBranch([found[0]], onto: base).name
        #expect(one.hasPrefix("tenure/mover-e-javi-aaaaaaaaaa-") && DepartureBranch.proposes([found[0]], in: one))
        // Where in its file an entry stands is no matter.
        var moved = found[0]
        moved.entries = moved.entries.map { DepartureEdit.Entry(file: $0.file, line: $0.line + 5, email: $0.email) }
        #expect(DepartureBranch.proposes([moved], in: one))
    }
}
