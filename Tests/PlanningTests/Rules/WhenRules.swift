import AccessModel
import Definitions
import Planning
import TestSupport
import Testing

/// FORMATS, "When" and "Movers": windows, presence, staleness, retention.
@Suite struct WhenRules {
    private let corp = Sample.slug("corp")
    private let from = Sample.instant("2026-11-21T10:00:00Z")
    private let until = Sample.instant("2026-11-21T14:00:00Z")

    private func world() -> PlanningWorld {
        var world = PlanningWorld()
        world.builder.tenant("payments", admins: ["marta"], contributors: ["javi"], readers: ["pedro"])
        for name in ["marta", "javi", "pedro"] { world.person(name) }
        return world
    }

    private func contributors(_ world: PlanningWorld, _ path: String = "payments/live/contributor") -> [String] {
        Planner.who(Sample.group(path), world.input)?.members.map(\.identity.description) ?? []
    }

    // MARK: Windows

    @Test(arguments: [
        ("2026-11-21T09:59:59.999Z", false), ("2026-11-21T10:00:00Z", true), ("2026-11-21T13:59:59.999Z", true),
        ("2026-11-21T14:00:00Z", false),
    ])
    func windowsAreHalfOpen(time: String, isIn: Bool) {
        var world = world()
        world.grant("g", "javi", "payments/live/contributor", from: from, until: until)
        world.now = Sample.instant(time)
        #expect(contributors(world) == (isIn ? ["e-javi"] : []))
    }

    @Test(arguments: [
        ("javi", "payments/live/contributor", true), ("marta", "payments/live/contributor", true),
        ("pedro", "payments/live/contributor", false), ("pedro", "payments/sandbox/contributor", true),
        ("javi", "payments/live/admin", false), ("marta", "payments/live/admin", true),
        ("marta", "payments/live/operator", false),
    ])
    func eligibilityIsAConditionOfAWindow(name: String, path: String, isIn: Bool) throws {
        var world = world()
        world.grant("g", name, path, from: from, until: until)
        #expect(contributors(world, path) == (isIn ? ["e-\(name)"] : []))
        #expect(try world.outcome().upkeep.lostGrants == (isIn ? [] : ["g"]))
        #expect(
            WindowEligibility(world.input).isEligible(Sample.id("e-\(name)"), for: Sample.group(path)) == isIn)
    }

    @Test func aLostWindowStaysLost() throws {
        var world = world()
        world.grant("g", "javi", "payments/live/contributor", from: from, until: until)
        world.person("javi", presence: .suspended)
        try world.apply()
        world.person("javi")
        #expect(contributors(world) == [])
    }

    @Test func overlappingWindowsDoNotCutEachOther() {
        var world = world()
        world.grant("a", "javi", "payments/live/contributor", from: from, until: Sample.now)
        world.grant("b", "javi", "payments/live/contributor", from: from, until: until)
        #expect(contributors(world) == ["e-javi"])
        let member = Planner.who(Sample.group("payments/live/contributor"), world.input)?.members.first
        #expect(member?.until == until)
    }

    @Test func aWindowThatEndedIsTheReasonOfItsRemoval() throws {
        var world = world()
        world.grant("g", "javi", "payments/live/contributor", from: from, until: until)
        try world.apply()
        world.now = until
        let changes = try world.outcome().plan.changes
        #expect(changes.map(\.id) == ["corp remove membership payments-live-contributors e-javi"])
        #expect(changes[0].causes == [.grant(id: "g", until: until)])
        #expect(!changes[0].isCounted)
    }

    @Test func theNextChangeIsTheNearestEdge() throws {
        var world = world()
        world.grant("g", "javi", "payments/live/contributor", from: from, until: until)
        world.grant("h", "marta", "payments/live/contributor", from: Sample.now + .hours(1), until: until)
        #expect(try world.outcome().nextChange == Sample.now + .hours(1))
    }

    @Test func whomHRNamesNextIsAnEdge() throws {
        var input = world().input
        input.roster = Roster(input.roster.states, nextArrival: Sample.now + .seconds(5))
        #expect(try Planner.plan(input, observations: [:]).nextChange == Sample.now + .seconds(5))
        input.roster = Roster(input.roster.states, nextArrival: Sample.now)
        #expect(try Planner.plan(input, observations: [:]).nextChange == nil)
    }

    // MARK: Presence

    @Test func aLeaverLosesTheAccountFirstAndEverythingWithIt() throws {
        var world = world()
        try world.apply()
        let left = Cause.event(source: "hr", id: "9", type: "left")
        world.person("javi", presence: .left, cause: left)
        let changes = try world.outcome(narrowedTo: [Sample.id("e-javi")]).plan.changes
        #expect(
            changes.map(\.id) == [
                "corp update account e-javi", "corp remove membership payments-live-readers e-javi",
                "corp remove membership payments-sandbox-readers e-javi",
            ])
        #expect(changes.allSatisfy { $0.lane == .revoke && $0.causes == [left] && !$0.isCounted && $0.stage == 0 })
        guard case .account(let account) = changes[0].fact else { return #expect(Bool(false)) }
        #expect(account.state == .disabled)
    }

    @Test func whoReturnsHasWhatIsStanding() throws {
        var world = world()
        try world.apply()
        world.person("javi", presence: .suspended)
        try world.apply()
        world.person("javi")
        #expect(
            try world.outcome().plan.changes.map(\.id) == [
                "corp update account e-javi", "corp add membership payments-live-readers e-javi",
                "corp add membership payments-sandbox-readers e-javi",
            ])
    }

    @Test func aDisabledAccountIsDeletedAfterItsRetention() throws {
        var world = world()
        try world.apply()
        world.person("javi", presence: .left)
        try world.apply()
        #expect(try world.apply().changes.isEmpty)
        world.now = Sample.now + .days(30) - .seconds(1)
        #expect(try world.outcome().plan.changes.isEmpty)
        #expect(try world.outcome().nextChange == Sample.now + .days(30))
        world.now = Sample.now + .days(30)
        let changes = try world.outcome().plan.changes
        #expect(changes.map(\.id) == ["corp remove account e-javi"])
        #expect(changes[0].causes == [.retention(disabledSince: Sample.now)])
        #expect(changes[0].stage == 3)
    }

    @Test(arguments: [
        PersonState.Presence.suspended, .compromised, .notStarted(Sample.day("2026-12-01")),
    ])
    func whoComesBackKeepsTheDisabledAccount(presence: PersonState.Presence) throws {
        var world = world()
        try world.apply()
        world.person("javi", presence: presence)
        world.builder.organization.platform.disabledAccountRetention = .zero
        try world.apply()
        try world.apply()
        #expect(try world.outcome().plan.changes.isEmpty)
    }

    @Test func nobodyInactiveGetsAnAccount() throws {
        var world = world()
        world.builder.rule("all", accounts: ["corp"])
        world.person("new", presence: .notStarted(Sample.day("2026-12-01")))
        world.person("old", presence: .left)
        let people = try world.outcome().plan.changes.compactMap(\.identity?.person?.text)
        #expect(Set(people) == ["e-marta", "e-javi", "e-pedro"])
    }

    // MARK: Movers

    private func mover(seen: Int64, moved: Int64) -> PlanningWorld {
        var world = world()
        let move = PersonState.Move(
            effective: Sample.now - .days(moved), cause: .event(source: "hr", id: "2", type: "moved"))
        world.person("javi", moves: [move])
        world.bind("javi", to: "javi", "payments", "contributors", at: Sample.now - .days(seen))
        return world
    }

    private func isReader(_ world: PlanningWorld) -> Bool {
        contributors(world, "payments/live/reader").contains("e-javi")
    }

    @Test(arguments: [
        // First seen exactly `fresh` before the move is fresh; one day more is stale; grace ends at seven days.
        (Int64(31), Int64(1), true), (32, 1, true), (38, 7, false), (37, 7, true), (38, 6, true), (90, 8, false),
        (3, 8, true),
    ])
    func staleEntriesLapseAfterTheGrace(seen: Int64, moved: Int64, isIn: Bool) {
        #expect(isReader(mover(seen: seen, moved: moved)) == isIn)
    }

    @Test func whatWillLapseIsSaid() throws {
        let note = try #require(Planner.desired(mover(seen: 90, moved: 2).input).notes.first)
        #expect(note.code == "will-lapse")
        #expect(note.message.contains("2026-11-26T12:00:00Z"))
        #expect(Planner.desired(mover(seen: 90, moved: 2).input).nextChange == Sample.instant("2026-11-26T12:00:00Z"))
    }

    @Test func aConfirmationKeepsThem() {
        var world = mover(seen: 90, moved: 8)
        world.recorded.confirmations[Sample.id("e-javi")] = [Sample.slug("payments"): Sample.now - .days(2)]
        #expect(isReader(world))
        world.recorded.confirmations[Sample.id("e-javi")] = [Sample.slug("payments"): Sample.now - .days(9)]
        #expect(!isReader(world))
        world.recorded.confirmations[Sample.id("e-javi")] = [Sample.slug("search"): Sample.now]
        #expect(!isReader(world))
    }

    @Test func withoutGraceTheyLapseAtOnce() {
        var world = mover(seen: 90, moved: 0)
        #expect(isReader(world))
        world.builder.organization.platform.mover.grace = .zero
        #expect(!isReader(world))
    }

    @Test func anEntryNotYetAppliedIsFresh() {
        var world = mover(seen: 90, moved: 8)
        world.recorded.bindings = [:]
        #expect(isReader(world))
    }

    @Test func aLapsedMembershipGoesAfterTheNewOneCame() throws {
        var world = mover(seen: 90, moved: 6)
        try world.apply()
        world.builder.tenant("search", readers: ["javi"])
        world.now = Sample.now + .days(1)
        let changes = try world.outcome(narrowedTo: [Sample.id("e-javi")]).plan.changes
        let removal = try #require(changes.first { $0.fact.key == "membership payments-live-readers e-javi" })
        #expect(removal.causes == [.moverLapse(tenant: Sample.slug("payments"), at: world.now)])
        #expect(
            removal.after == [
                "corp add membership search-live-readers e-javi", "corp add membership search-sandbox-readers e-javi",
            ])
        #expect(!removal.isCounted)
    }

    @Test func birthrightFollowsAMoveAtOnce() throws {
        var world = world()
        world.builder.rule(
            "sales", match: [.init(attribute: .department, values: ["Sales"])], groups: ["sales"])
        world.builder.rule(
            "data", match: [.init(attribute: .department, values: ["Data"])], groups: ["data"])
        world.person("ana", department: "Sales")
        try world.apply()
        let move = Cause.event(source: "hr", id: "3", type: "moved")
        world.person("ana", department: "Data", moves: [.init(effective: Sample.now, cause: move)])
        let changes = try world.outcome().plan.changes
        #expect(changes.map(\.id).contains("corp add membership data e-ana"))
        let removal = try #require(changes.first { $0.operation == .remove })
        #expect(removal.id == "corp remove membership sales e-ana")
        #expect(removal.causes == [move])
        #expect(removal.after == ["corp add membership data e-ana"])
    }
}
