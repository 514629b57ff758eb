import AccessModel
import TestSupport
import Testing

@testable import WorkflowEngine

/// In simulated time: what is said beforehand is what it takes.
@Suite struct ForecastTests {
    @Test(arguments: [(600, 20.0), (300, 5.0), (900, 50.0)])
    func isWithinFifteenPercent(_ count: Int, _ rate: Double) async throws {
        try await Bench.with { bench in
            let changes = try (0..<count).map { try Make.group(.add, "g\($0)") }
            let workflow = bench.workflow { $0.requestsPerSecond = rate }
            try await bench.open("c1", .definitions, nil, changes, with: workflow)
            let start = bench.clock.now()
            let summary = try await workflow.runUntilQuiescent(budget: .hours(2))
            #expect(summary.verified == count)
            let taken = (bench.clock.now() - start).seconds
            let forecast = RunForecast(changes: count, revocations: 0, requestsPerSecond: rate).total.seconds
            #expect(abs(forecast - taken) <= 0.15 * taken, "forecast \(forecast) s, taken \(taken) s")
        }
    }

    @Test func revocationsThatComeInTheMiddleOvertake() async throws {
        // What is opened in the middle takes a real moment to be written and found.
        try await Bench.with(pause: .milliseconds(2)) { bench in
            let grants = try (0..<600).map { try Make.group(.add, "g\($0)") }
            let revocations = try (0..<40).map { try Make.group(.remove, "old\($0)") }
            for change in revocations { try await bench.corp.put(change.fact) }
            let workflow = bench.workflow { $0.requestsPerSecond = 20 }
            try await bench.open("c1", .definitions, nil, grants, with: workflow)
            let middle = grants[250].id
            try await bench.corp.onApply { change in
                guard change.id == middle else { return }
                do {
                    try await bench.open("c2", .definitions, nil, revocations, with: workflow)
                } catch {
                    Issue.record(error)
                }
            }
            #expect(try await workflow.runUntilQuiescent(budget: .hours(2)).verified == 640)
            let calls = try await bench.corp.calls
            let queued = try #require(calls.first { $0.changeID == middle }).at
            let revoked = try #require(calls.last { $0.operation == .remove }).at
            let forecast = RunForecast(changes: 40, revocations: 40, requestsPerSecond: 20).untilRevoked
            #expect((revoked - queued).seconds <= forecast.seconds + 4, "taken \(revoked - queued)")
            #expect(calls.count { $0.operation == .add && $0.at > revoked } > 100, "grants went on after them")
        }
    }
}
