import AccessModel
import Definitions
import Lifecycle
import TestSupport
import Testing

/// Groups that are kept apart, where windows on them meet.
@Suite struct SeparationTests {
    private func with(_ body: (AccessBench) async throws -> Void) async throws {
        try await AccessBench.with(
            {
                $0.organization.platform.separations = [
                    SeparationRule(
                        name: Sample.slug("apart"), groups: ["payments-live-contributors", "payments-live-admins"],
                        place: AccessModel.SourceLocation(file: "platform.yaml", line: 1, column: 1))
                ]
            }, body)
    }

    /// What would come to be held together is refused when it is asked for: later nothing could be given at all.
    @Test func windowsThatWouldOverlapAreRefused() async throws {
        try await with { bench in
            let later = bench.clock.now() + .hours(2)
            let first = try await bench.opened("marta", start: later)
            #expect(first.window != nil, "\(first)")
            func ask(_ start: Instant, _ duration: Span) async throws -> AccessTicket {
                try await bench.desk("marta").request(
                    AccessDesk.Draft(group: "payments/live/admin", reason: "INC-2", duration: duration, start: start))
            }
            #expect(try await ask(later, .hours(1)).isDenied)
            #expect(try await ask(later - .hours(1), .minutes(61)).isDenied)
            // One ends when the other begins.
            #expect(try await !ask(later - .hours(1), .hours(1)).isDenied)
            #expect(try await !ask(later + .hours(1), .hours(1)).isDenied)
        }
    }

    /// Broken glass is not stopped by it, and stops nobody.
    @Test func brokenGlassOpensAllTheSame() async throws {
        try await with { bench in
            let window = try await bench.opened("marta")
            #expect(window.window?.state == .open)
            let broken = try await bench.desk("marta").breakGlass("payments/live/admin", reason: "down", duration: nil)
            try await bench.join("omar2")
            try await bench.reconcile()
            #expect(try await bench.window(broken)?.state == .open)
            #expect(await bench.holds("marta", "payments-live-admins") == ["corp", "shop"])
            #expect(await bench.holds("marta") == ["corp", "shop"])
        }
    }
}
