import TestSupport
import Testing

/// Several processes on one state share the work, and each ends when all of it is done.
@Suite struct ConcurrentApplyTests {
    @Test func threeFirstAppliesEndTogether() async throws {
        let office = try Rehearsal()
        try await office.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try await withThrowingTaskGroup(of: TenureCommand.Outcome.self) { group in
            for _ in 1...3 {
                group.addTask { try await office.run(["apply", "mountainlab", "--yes", "--wait", "2m"]) }
            }
            for try await outcome in group {
                #expect(outcome.status == 0, "\(outcome.everything)")
            }
        }
        #expect(try await office.world() == Rehearsal.applied().world())
        #expect(try await office.json("case", "list", "--open").array?.isEmpty == true)
        let journal = Journal(try await office.expectGenuineLog())
        #expect(journal.count > 100)
        #expect(journal.faults.isEmpty, "\(journal.faults)")
        try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode")
    }
}
