import AccessModel
import Definitions
import Planning
import TestSupport
import Testing

/// The planner against a slow second opinion, on organisations made by chance.
@Suite struct OracleTests {
    private static let seeds = Array(UInt64(1)...150)

    @Test(arguments: seeds) func desiresWhatTheOracleDesires(seed: UInt64) {
        let world = RandomWorld(seed: seed).world
        let oracle = Oracle(world.input)
        var planned: [String: Set<String>] = [:]
        var hard = Set<String>()
        for fact in Planner.desired(world.input).facts {
            planned["\(fact.target)|\(fact.fact.key)"] = Set(fact.causes.map(\.description))
            if !fact.isKeptOnly { hard.insert("\(fact.target)|\(fact.fact.key)") }
        }
        #expect(Set(planned.keys) == Set(oracle.desired.keys))
        for (key, causes) in planned { #expect(causes == oracle.desired[key], "\(key)") }
        #expect(hard == oracle.hard)
    }

    @Test(arguments: seeds) func plansWhatTheOraclePlans(seed: UInt64) throws {
        let world = RandomWorld(seed: seed).world
        let changes = try world.outcome().plan.changes
        let planned = Set(changes.map { "\($0.operation.rawValue) \($0.target) \($0.fact.key)" })
        let expected = Oracle(world.input).changes(world.held)
        #expect(planned.subtracting(expected).sorted() == [])
        #expect(expected.subtracting(planned).sorted() == [])
        #expect(planned.count == changes.count)
    }

    @Test(arguments: seeds) func anAppliedPlanLeavesNothingToDo(seed: UInt64) throws {
        var world = RandomWorld(seed: seed).world
        try world.apply()
        let again = try world.outcome().plan
        #expect(again.changes.map(\.id) == [])
    }

    @Test(arguments: seeds) func aNarrowedPlanIsTheFullPlansPart(seed: UInt64) throws {
        let world = RandomWorld(seed: seed).world
        let full = try world.outcome().plan.changes
        let index = PlanningIndex(world.input)
        for person in world.people.map(\.person.id) {
            let narrowed = try Planner.plan(
                world.input, observations: world.observations, narrowedTo: [person], index: index)
            #expect(narrowed.plan.changes == full.filter { $0.identity?.person == person }, "\(person)")
        }
    }

    @Test(arguments: seeds) func aPlanIsInItsOrder(seed: UInt64) throws {
        let changes = try RandomWorld(seed: seed).world.outcome().plan.changes
        let lanes = changes.map { $0.lane == .revoke ? 0 : 1 }
        #expect(lanes == lanes.sorted())
        for lane in Change.Lane.allCases {
            let stages = changes.filter { $0.lane == lane }.map(\.stage)
            #expect(stages == stages.sorted())
        }
        for change in changes { #expect(!change.causes.isEmpty, "\(change.id)") }
    }

    /// The worlds of the seeds reach every corner that the planner has a word for.
    @Test func theWorldsReachEveryCorner() throws {
        var codes = Set<String>()
        var causes = Set<String>()
        var kept = 0
        for seed in Self.seeds {
            let world = RandomWorld(seed: seed).world
            let plan = try world.outcome().plan
            codes.formUnion(plan.notes.map(\.code))
            for cause in plan.changes.flatMap(\.causes) { causes.insert(cause.json["kind"]?.string ?? "") }
            kept += Planner.desired(world.input).facts.count(where: \.isKeptOnly)
        }
        #expect(
            codes.isSuperset(of: [
                "unknown-person", "ambiguous-person", "rebound-address", "changed-address", "inactive-person",
                "service-in-list", "foreign-domain", "lapsed", "will-lapse", "unmanaged-group", "unmanaged-account",
            ]))
        #expect(
            causes.isSuperset(of: [
                "definition", "birthright", "event", "grant", "mover_lapse", "definition_removed", "retention", "drift",
            ]))
        #expect(kept > 0)
    }
}
