import AccessModel
import Definitions
import Planning
import TestSupport
import Testing

/// FORMATS, "Who": whom a listed e-mail means.
@Suite struct WhoRules {
    private let old = Sample.now - .days(3)

    private func world(_ alter: (inout PlanningWorld) -> Void) -> PlanningWorld {
        var world = PlanningWorld()
        world.builder.tenant("payments", contributors: ["ana"])
        alter(&world)
        return world
    }

    private func readers(_ world: PlanningWorld) throws -> [String] {
        let answer = try #require(Planner.who(Sample.group("payments/live/reader"), world.input))
        return answer.members.map(\.identity.description)
    }

    private func codes(_ world: PlanningWorld) -> [String] { Planner.desired(world.input).notes.map(\.code) }

    @Test func anAddressMeansThePersonWhoBearsIt() throws {
        let world = world { $0.person("ana") }
        #expect(try readers(world) == ["e-ana"])
        #expect(codes(world) == [])
    }

    @Test func anAliasAndAnotherCaseMeanTheSame() throws {
        let alias = world { $0.person("nan", email: "nan", aliases: ["ANA@Mountainlab.io"]) }
        #expect(try readers(alias) == ["e-nan"])
    }

    @Test func nobodyIsAnError() throws {
        let world = world { $0.person("bob") }
        #expect(try readers(world) == [])
        let note = try #require(Planner.desired(world.input).notes.first)
        #expect(note.code == "unknown-person")
        #expect(note.severity == .error)
        #expect(note.place?.description == "tenants/payments.yaml:5:13")
    }

    @Test func twoAreAnError() throws {
        let world = world {
            $0.person("ana")
            $0.person("bob", aliases: ["ana"])
        }
        #expect(try readers(world) == [])
        #expect(codes(world) == ["ambiguous-person"])
    }

    @Test func oneWhoLeftDoesNotMakeTwo() throws {
        let world = world {
            $0.person("ana")
            $0.person("old", email: "ana", presence: .left)
        }
        #expect(try readers(world) == ["e-ana"])
        #expect(codes(world) == [])
    }

    @Test(arguments: [
        PersonState.Presence.left, .suspended, .compromised, .notStarted(Sample.day("2026-12-01")),
        .ended(Sample.day("2026-11-20")),
    ])
    func whoIsNotActiveHoldsNothing(presence: PersonState.Presence) throws {
        let world = world { $0.person("ana", presence: presence) }
        #expect(try readers(world) == [])
        #expect(codes(world) == ["inactive-person"])
        #expect(Planner.desired(world.input).notes.first?.severity == .warning)
    }

    @Test func anAddressOutsideTheDomainsIsAnErrorUnlessExternal() throws {
        var builder = OrganizationBuilder()
        builder.tenant("payments", readers: ["eva@partner.example"])
        var world = PlanningWorld(builder)
        world.person("eva", email: "eva@partner.example", kind: .contractor)
        #expect(codes(world) == ["foreign-domain"])
        #expect(try readers(world) == [])
        world.person("eva", email: "eva@partner.example", kind: .external)
        #expect(codes(world) == [])
        #expect(try readers(world) == ["e-eva"])
    }

    @Test func aServiceInAListIsAnError() throws {
        let world = world { $0.person("ana", kind: .service) }
        #expect(codes(world) == ["service-in-list"])
        #expect(try readers(world) == [])
    }

    @Test func aServiceHasItsAccountByBirthright() {
        var world = world { $0.person("robot", kind: .service) }
        world.builder.rule("all", accounts: ["corp"])
        let keys = Planner.desired(world.input).facts.map(\.fact.key)
        #expect(keys.contains("account e-robot"))
    }

    @Test func anAddressGivenToANewHireDoesNotInherit() throws {
        let world = world {
            $0.person("new", email: "ana")
            $0.person("ana", email: "ana", presence: .left)
            $0.bind("ana", to: "ana", "payments", "contributors", at: old)
        }
        #expect(try readers(world) == [])
        let note = try #require(Planner.desired(world.input).notes.first)
        #expect(note.code == "rebound-address")
        #expect(note.message.contains("e-ana") && note.message.contains("e-new"))
    }

    @Test func anAddressOfOneWhoLeftGivesNothingToALaterBearer() throws {
        var world = world { $0.person("ana", presence: .left) }
        try world.apply()
        world.person("new", email: "ana")
        #expect(try readers(world) == [])
        #expect(codes(world) == ["rebound-address"])
    }

    @Test func aReboundEntryKeepsWhatItsPersonHoldsAndGivesNothingNew() throws {
        var world = world { $0.person("ana") }
        try world.apply()
        let before = world.held
        world.person("ana", email: "ana.new")
        world.person("new", email: "ana")
        #expect(try world.outcome().plan.changes.map(\.id) == ["corp update account e-ana"])
        world.held[Sample.slug("corp")]?.removeAll { $0.key == "membership payments-live-readers e-ana" }
        #expect(try world.outcome().plan.changes.map(\.id) == ["corp update account e-ana"])
        #expect(before[Sample.slug("corp")]?.contains { $0.key == "membership payments-live-readers e-ana" } == true)
    }

    @Test func aChangedAddressKeepsTheAccessAndSaysTheNewOne() throws {
        let world = world {
            $0.person("ana", email: "ana.ruiz")
            $0.bind("ana", to: "ana", "payments", "contributors", at: old)
        }
        #expect(try readers(world) == ["e-ana"])
        let note = try #require(Planner.desired(world.input).notes.first)
        #expect(note.code == "changed-address")
        #expect(note.severity == .warning)
        #expect(note.message.contains("ana.ruiz@mountainlab.io"))
    }

    @Test func anErrorStopsItsEntryAlone() throws {
        var world = world { $0.person("bob") }
        world.builder.tenant("search", readers: ["bob"])
        let keys = try world.outcome().plan.changes.map(\.id)
        #expect(keys.contains("corp add membership search-live-readers e-bob"))
    }

    @Test func bindingsAreHandedBackOnce() throws {
        var world = world { $0.person("ana") }
        let first = try world.outcome().upkeep.bindingsToRecord
        #expect(first.map(\.key.list) == ["contributors"])
        #expect(first.values.map(\.person.text) == ["e-ana"])
        #expect(first.values.map(\.firstSeen) == [Sample.now])
        try world.apply()
        #expect(try world.outcome().upkeep.bindingsToRecord.isEmpty)
        world.builder.organization.tenants[0].contributors = []
        #expect(try world.outcome().upkeep.bindingsToForget == Array(first.keys))
    }

    @Test func withoutPeopleThereIsNoPlan() {
        let world = PlanningWorld()
        #expect(throws: PlanningError.noPeople) { try world.outcome() }
    }
}
