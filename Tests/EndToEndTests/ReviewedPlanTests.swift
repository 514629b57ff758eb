import StrictJSON
import TestSupport
import Testing

/// `apply FILE` does what was reviewed, or nothing.
@Suite struct ReviewedPlanTests {
    private func reviewed() async throws -> Rehearsal {
        var office = try await Rehearsal.applied()
        office.clock = "2026-11-21T09:11:00Z"
        try office.moveHugoInFiles()
        try await office.expect(0, "plan", "mountainlab", "--out", "plan.json")
        return office
    }

    @Test func theReviewedPlanIsApplied() async throws {
        let office = try await reviewed()
        try await office.expect(0, "apply", "plan.json")
        #expect(try await office.access(of: "e-0011").contains("corp membership insights-live-readers e-0011"))
        try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode")
        let again = try await office.expect(1, "apply", "plan.json")
        #expect(again.errors.contains("the world has changed since it was reviewed"))
    }

    @Test func aPlanFromBeforeAnEventIsRefused() async throws {
        let office = try await reviewed()
        let left = try office.event("l-1", "left", "e-0011", time: "2026-11-21T09:10:00Z")
        try await office.expect(0, "event", left)
        let before = try await office.standing()
        let refused = try await office.expect(1, "apply", "plan.json")
        #expect(refused.errors.contains("plan and review again"))
        #expect(try await office.standing() == before)
    }

    @Test(arguments: [
        ("\"op\": \"remove\"", "\"op\": \"add\""), ("insights-live-readers", "payments-live-admins"),
        ("ivan@mountainlab.io", "noah@mountainlab.io"), ("\"format\": \"tenure-plan/v1\"", "\"format\": \"x\""),
        ("\"target\": \"corp\"", "\"target\": \"shop\""), ("\"held\": false", "\"held\": true"),
    ])
    func anEditedPlanFileIsRefused(_ old: String, _ new: String) async throws {
        let office = try await reviewed()
        try office.edit("plan.json") { $0.replacing(old, with: new, maxReplacements: 1) }
        let before = try await office.standing()
        let refused = try await office.expect(1, "apply", "plan.json")
        #expect(!refused.errors.isEmpty)
        #expect(try await office.standing() == before)
    }

    @Test func aCutPlanFileIsRefused() async throws {
        let office = try await reviewed()
        try office.edit("plan.json") { String($0.dropLast($0.count / 2)) }
        let before = try await office.standing()
        try await office.expect(1, "apply", "plan.json")
        #expect(try await office.standing() == before)
    }
}
