import AccessModel
import Definitions
import Planning
import Policies
import TestSupport
import Testing

/// `limit` on a person: how long they are here at most.
@Suite struct StayRuleTests {
    private let short = "policies:\n  - {name: short, on: person, when: 'subject.type == \"contractor\"', limit: 90d}\n"

    private func rule(_ text: String) throws -> StayRule? {
        let organization = PolicyFiles.organization(text)
        let compiled = PolicySet.compile(organization)
        return try #require(compiled.set, "\(compiled.diagnostics)").stayRule(of: organization, at: Sample.now)
    }

    private func state(_ name: String) throws -> PersonState {
        try #require(PolicyFiles.world().people.first { $0.person.id == Sample.id("e-\(name)") })
    }

    @Test func itLimitsThoseOfItsConditionAndTheTightestCounts() throws {
        let rule = try #require(
            try rule(short + "  - {name: finance, on: person, when: 'subject.department == \"Finance\"', limit: 30d}\n")
        )
        #expect(rule(try state("ana")) == StayLimit(days: 30, policy: Sample.slug("finance")))
        #expect(rule(try state("javi")) == nil)
    }

    @Test func whatIsOnlyObservedOrCannotBeDecidedLimitsNobody() throws {
        #expect(try rule("policies:\n  - {name: a, on: person, mode: observe, limit: 1d}\n") == nil)
        #expect(try rule("policies:\n  - {name: a, on: request, limit: 1h}\n") == nil)
        let failing = try #require(
            try rule("policies:\n  - {name: a, on: person, when: 'subject.title.charAt(9) == \"x\"', limit: 1d}\n"))
        #expect(failing(try state("ana")) == nil)
    }

    @Test(arguments: [
        ("on: person, limit: 12h", "bad-value", "whole days"),
        ("on: [person, request], limit: 2d", "limit-of-two-kinds", "write two policies"),
        ("on: person, when: '\"a\" in subject.groups', limit: 2d", "circular-limit", "subject.groups"),
    ])
    func whatMakesNoSenseIsAnError(text: String, code: String, words: String) {
        let said = PolicyFiles.diagnostics("policies:\n  - {name: a, \(text)}\n")
        #expect(said.count == 1 && said[0].hasPrefix("\(code) policies/p.yaml:2:"), "\(said)")
        #expect(said.first?.contains(words) == true)
    }

    // MARK: In a plan

    private func ended(_ name: String, in world: inout PlanningWorld) throws {
        let index = try #require(world.people.firstIndex { $0.person.id == Sample.id("e-\(name)") })
        let day = try #require(CalendarDay("2026-11-20"))
        world.people[index] = PersonState(
            person: world.people[index].person, presence: .ended(day), presenceCause: .ended(day),
            presenceSince: Sample.now,
            stayEnd: StayEnd(lastDay: day, limit: StayLimit(days: 5, policy: Sample.slug("short"))))
    }

    /// Time passing over a limit takes a person out like any end; a limit that is new is counted like a row that is gone.
    @Test(arguments: [false, true])
    func aNewLimitIsCountedAndAnOldOneIsNot(isNew: Bool) throws {
        var world = PolicyFiles.world()
        try world.apply()
        for name in ["ana", "marta", "javi", "luis"] { try ended(name, in: &world) }
        var input = world.input
        if isNew { input.endedByNewLimits = Set(world.people.map(\.person.id)) }
        let plan = try Planner.plan(input, observations: world.observations).plan
        let lost = plan.changes.filter { $0.fact.kind == .membership && $0.operation == .remove }
        #expect(!lost.isEmpty && lost.allSatisfy { $0.isCounted == isNew && $0.isHeld == isNew })
        let note = plan.notes.first { $0.code == "stay-capped" }
        #expect(note?.message.contains("was here until 2026-11-20: policy `short` allows 5 days") == true)
        guard isNew else { return }
        // In force since, and nobody has decided.
        world.recorded.heldChanges = Set(lost.map(\.id))
        #expect(try world.outcome().plan.changes.filter { $0.fact.kind == .membership }.allSatisfy(\.isHeld))
    }
}
