import AccessModel
import Definitions
import Planning
import TestSupport
import Testing

/// FORMATS, "Guards": what is counted, and when it is held.
@Suite struct GuardRules {
    private let corp = Sample.slug("corp")

    /// `count` people who read in one tenant and, so that percentages stay low, `others` who read in another.
    private func world(_ count: Int, others: Int = 0) throws -> PlanningWorld {
        var world = PlanningWorld()
        let names = (0..<count).map { "p\($0)" }
        let rest = (0..<others).map { "o\($0)" }
        world.builder.tenant("payments", readers: names)
        world.builder.tenant("search", readers: rest)
        for name in names + rest { world.person(name) }
        try world.apply()
        return world
    }

    private func leave(_ world: inout PlanningWorld, _ count: Int, cause: Cause = Sample.snapshot) {
        for number in 0..<count { world.person("p\(number)", presence: .left, cause: cause) }
    }

    private func held(_ world: PlanningWorld) throws -> Int { try world.outcome().plan.changes.count(where: \.isHeld) }

    @Test func tenPeopleGoElevenAreHeld() throws {
        var world = try world(11, others: 500)
        leave(&world, 10)
        #expect(try held(world) == 0)
        leave(&world, 11)
        let plan = try world.outcome().plan
        // Each has an account and two memberships.
        #expect(plan.changes.count(where: \.isHeld) == 33)
        #expect(plan.isHeld)
        #expect(plan.changes.allSatisfy { $0.isCounted })
    }

    @Test func whatIsOnlyReportedOnIsNotHeld() throws {
        var world = try world(11, others: 500)
        leave(&world, 11)
        world.builder.organization.targets = world.builder.organization.targets.map { target in
            var target = target
            target.mode = .report
            return target
        }
        let plan = try world.outcome().plan
        #expect(plan.changes.count == 33 && !plan.isHeld && !plan.hasWork)
        #expect(plan.reportedOnly == [corp])
    }

    @Test func percentsCountFromThreePeopleOn() throws {
        // Of 20 people with two memberships each, two are 10 percent.
        var world = try world(20)
        leave(&world, 2)
        #expect(try held(world) == 0)
        leave(&world, 3)
        #expect(try held(world) == 9)
    }

    @Test func exactlyThePercentageGoes() throws {
        // Six of 120 memberships are 5 percent.
        var world = try world(60)
        leave(&world, 3)
        #expect(try held(world) == 0)
        leave(&world, 4)
        #expect(try held(world) == 12)
    }

    @Test func theFirstPersonOfTheHourIsNeverHeld() throws {
        var world = try world(1)
        world.builder.organization.platform.guards.maximumRemovalsPeople = 0
        world.builder.organization.platform.guards.maximumRemovalsPercent = 0
        leave(&world, 1)
        #expect(try held(world) == 0)
        world.recorded.recentRemovals[corp] = ["e-other"]
        #expect(try held(world) == 3)
        world.recorded.recentRemovals[corp] = ["e-p0"]
        #expect(try held(world) == 0)
    }

    @Test func withACeilingOfNobodyTheFirstPersonGoesAndTheSecondIsHeld() throws {
        var world = try world(3)
        world.builder.organization.platform.guards.maximumRemovalsPeople = 0
        func people(_ isHeld: Bool) throws -> Set<String> {
            Set(try world.outcome().plan.changes.filter { $0.isHeld == isHeld }.compactMap(\.identity?.description))
        }
        leave(&world, 1)
        #expect(try people(true) == [])
        leave(&world, 2)
        #expect(try people(false) == ["e-p0"])
        #expect(try people(true) == ["e-p1"])
        leave(&world, 3)
        #expect(try people(true) == ["e-p1", "e-p2"])
        // Who went within the hour was the first, also where something of theirs is left to do.
        world.recorded.recentRemovals[corp] = ["e-p1"]
        #expect(try people(true) == ["e-p0", "e-p2"])
        world.recorded.recentRemovals[corp] = ["e-other"]
        #expect(try people(false) == [])
        world.recorded.recentRemovals[corp] = ["e-p1", "e-other"]
        #expect(try people(false) == [])
    }

    @Test func fromACeilingOfOneTooManyAreHeldTogether() throws {
        var world = try world(2)
        world.builder.organization.platform.guards.maximumRemovalsPeople = 1
        leave(&world, 1)
        #expect(try held(world) == 0)
        leave(&world, 2)
        #expect(try held(world) == 6)
        world.recorded.recentRemovals[corp] = ["e-p1"]
        #expect(try held(world) == 3)
        world.builder.organization.platform.guards.maximumRemovalsPeople = 2
        #expect(try held(world) == 0)
    }

    @Test func removalsOfOneHourCountTogether() throws {
        var world = try world(11, others: 500)
        leave(&world, 3)
        world.recorded.recentRemovals[corp] = Set((0..<7).map { "e-gone\($0)" })
        #expect(try held(world) == 0)
        world.recorded.recentRemovals[corp]?.insert("e-gone7")
        #expect(try held(world) == 9)
    }

    @Test func membershipsOfOneHourCountTogether() throws {
        var world = try world(60)
        leave(&world, 3)
        world.recorded.recentRemovedMemberships[corp] = 1
        #expect(try held(world) == 9)
    }

    @Test func eventsAreNotCounted() throws {
        var world = try world(20)
        leave(&world, 20, cause: .event(source: "hr", id: "1", type: "left"))
        let plan = try world.outcome().plan
        #expect(plan.changes.count == 60)
        #expect(!plan.isHeld && !plan.changes.contains(where: \.isCounted))
    }

    @Test func timePassingIsNotCounted() throws {
        var world = try world(20)
        leave(&world, 20, cause: .ended(Sample.day("2026-11-20")))
        #expect(try held(world) == 0)
    }

    @Test func aGenuineLeaverIsOutWhileAHoldStands() throws {
        var world = try world(20)
        leave(&world, 12)
        world.person("p15", presence: .left, cause: .event(source: "hr", id: "1", type: "left"))
        let plan = try world.outcome().plan
        #expect(plan.changes.filter { !$0.isHeld }.allSatisfy { $0.identity?.description == "e-p15" })
        #expect(plan.changes.count { !$0.isHeld } == 3)
        #expect(plan.changes.count(where: \.isHeld) == 36)
    }

    @Test func namesGoneFromTheFilesAreCountedByBindings() throws {
        var world = try world(20)
        world.builder.organization.tenants[0].readers.removeLast(12)
        world.recorded.bindings = world.recorded.bindings.filter { $0.value.person.text != "e-p8" }
        let plan = try world.outcome().plan
        // Without its binding, nothing tells that p8 was ever listed: drift, and not held.
        #expect(Set(plan.changes.filter { !$0.isHeld }.compactMap(\.identity?.description)) == ["e-p8"])
        #expect(plan.changes.count(where: \.isHeld) == 33)
    }

    @Test func namesGoneFromTheFilesAreCountedByThePreviousDefinitions() throws {
        var world = try world(20)
        world.previous = world.builder.organization
        world.recorded.bindings = [:]
        world.builder.organization.revision = "revision-2"
        world.builder.organization.tenants[0].readers.removeLast(12)
        let plan = try world.outcome().plan
        #expect(plan.changes.count(where: \.isHeld) == 36)
        #expect(
            plan.changes.first?.causes.map(\.description).first?.hasPrefix(
                "no longer in the definitions; was tenants/payments.yaml:6:") == true)
    }

    @Test func aFileGoneIsCounted() throws {
        var world = try world(20)
        world.previous = world.builder.organization
        world.builder.organization.revision = "revision-2"
        world.builder.organization.tenants.removeFirst()
        let plan = try world.outcome().plan
        #expect(plan.changes.allSatisfy { $0.isHeld && $0.lane == .revoke })
        #expect(plan.changes.count { $0.fact.kind == .group } == 8)
        #expect(plan.changes.count { $0.fact.kind == .membership } == 40)
    }

    @Test func aRuleGoneIsCounted() throws {
        var world = PlanningWorld()
        world.builder.rule("all", accounts: ["corp"], groups: ["everyone"])
        for number in 0..<20 { world.person("p\(number)") }
        try world.apply()
        world.previous = world.builder.organization
        world.builder.organization.revision = "revision-2"
        world.builder.organization.birthright = []
        #expect(try held(world) == 41)
    }

    @Test func aSnapshotsMovesAreCounted() throws {
        var world = PlanningWorld()
        world.builder.rule("all", accounts: ["corp"])
        world.builder.rule(
            "sales", match: [.init(attribute: .department, values: ["Sales"])], groups: ["sales"])
        for number in 0..<20 { world.person("p\(number)", department: "Sales") }
        try world.apply()
        for number in 0..<12 {
            world.person("p\(number)", moves: [.init(effective: Sample.now, cause: Sample.snapshot)])
        }
        // The accounts lose their department, which is no removal.
        #expect(try held(world) == 12)
    }

    @Test func driftIsNotCounted() throws {
        var world = try world(20)
        for number in 0..<20 {
            let membership = Membership(
                group: "search-live-admins", notation: Sample.group("search/live/admin"),
                identity: .person(Sample.id("e-p\(number)")), account: "p\(number)@mountainlab.io")
            world.held[corp]?.append(.membership(membership))
        }
        let plan = try world.outcome().plan
        #expect(plan.changes.count == 20 && !plan.isHeld)
        #expect(plan.changes.allSatisfy { $0.causes == [.drift] })
    }

    @Test func whatASecondPersonReleasedGoes() throws {
        var world = try world(20)
        leave(&world, 12)
        world.recorded.releasedChanges = Set(try world.outcome().plan.changes.map(\.id))
        let plan = try world.outcome().plan
        #expect(plan.changes.count == 36)
        #expect(!plan.isHeld && !plan.changes.contains(where: \.isCounted))
    }

    @Test func whoWasReleasedFromASnapshotsHoldIsNotCountedOnceMore() throws {
        var world = try world(20)
        leave(&world, 12)
        guard case .snapshot(let asOf, _) = Sample.snapshot else { return #expect(Bool(false)) }
        for number in 0..<12 { world.recorded.releasedPeople[Sample.id("e-p\(number)")] = [asOf] }
        let plan = try world.outcome().plan
        #expect(plan.changes.count == 36)
        #expect(!plan.isHeld && !plan.changes.contains(where: \.isCounted))
        // Another snapshot's word about the same people is counted.
        leave(&world, 12, cause: .snapshot(asOf: asOf + .hours(1), note: "status"))
        #expect(try held(world) == 36)
    }

    @Test func whatIsInAHoldStaysHeldWhenItsReasonIsForgotten() throws {
        var world = try world(20)
        world.builder.organization.tenants[0].readers.removeLast(2)
        world.recorded.bindings = [:]
        let ids = try world.outcome().plan.changes.map(\.id)
        #expect(try held(world) == 0)
        world.recorded.heldChanges = Set(ids)
        #expect(try held(world) == 6)
    }

    @Test func eachTargetIsCountedAlone() throws {
        var world = try world(11, others: 500)
        world.builder.target("lesser", covers: Coordinate(tenant: .exactly(Sample.slug("payments"))))
        world.abilities[Sample.slug("lesser")] = Sample.directory
        try world.apply()
        leave(&world, 3)
        let held = try world.outcome().plan.changes.filter(\.isHeld)
        #expect(Set(held.map(\.target.text)) == ["lesser"])
        #expect(held.count == 9)
    }

    @Test func aNarrowedPlanCountsPercentsOnlyOfAKnownWhole() throws {
        var world = try world(20)
        leave(&world, 1)
        world.recorded.recentRemovals[corp] = ["e-a", "e-b"]
        var observations = world.observations
        func plan() throws -> Plan {
            try Planner.plan(world.input, observations: observations, narrowedTo: [Sample.id("e-p0")]).plan
        }
        #expect(try plan().isHeld == false)
        observations[corp]?.knownMemberships = 39
        #expect(try plan().isHeld)
    }
}
