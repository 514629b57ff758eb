import AccessModel
import Definitions
import Lifecycle
import Persistence
import TestSupport
import Testing

/// Many windows that end in the same second.
@Suite struct CrowdTests {
    /// One case, one call a window and target, and as many statements as a portion of them needs: not one each.
    @Test func theyAreDispatchedTogether() async throws {
        let crowd = 60
        try await AccessBench.with { builder in
            builder.organization.tenants[0].contributors += (0..<crowd).map { number in
                ListedPerson(
                    email: Sample.email("p\(number)"),
                    place: AccessModel.SourceLocation(file: "tenants/payments.yaml", line: 20 + number, column: 3))
            }
        } _: { bench in
            for number in 0..<crowd { try await bench.join("p\(number)") }
            let now = bench.clock.now()
            try await bench.database.write { session in
                try WindowStore(session).insert(
                    (0..<crowd).map { number in
                        AccessWindow(
                            id: "win-\(number)", request: nil, person: Sample.id("e-p\(number)"),
                            group: Sample.group("payments/live/contributor"), reason: "x", approvedBy: [],
                            askedAt: now, recordedAt: now, from: now, until: now + .hours(1))
                    })
            }
            try await bench.reconcile()
            #expect(await bench.holds("p7") == ["corp", "shop"])
            bench.clock.advance(by: .hours(1))
            let before = await bench.corp.calls.count
            let sweep = try await bench.sweep()
            #expect(sweep?.windows == crowd && sweep?.cases.count == 1)
            #expect(sweep?.summary.sent == 2 * crowd && sweep?.summary.verified == 2 * crowd)
            #expect(await bench.corp.calls.count == before + crowd)
            #expect(try await bench.sweep() == nil)
            #expect(try await bench.records("access.closed").count == crowd)
        }
    }
}
