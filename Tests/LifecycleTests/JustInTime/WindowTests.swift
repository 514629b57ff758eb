import AccessModel
import Definitions
import Lifecycle
import Persistence
import TestSupport
import Testing

/// When a window opens and closes in the targets, whatever is down.
@Suite struct WindowTests {
    @Test func aWindowOfTheFutureOpensOnTimeAndCloses() async throws {
        try await AccessBench.with { bench in
            let ticket = try await bench.opened("javi", start: Sample.now + .hours(2))
            #expect(ticket.state == "scheduled")
            #expect(await bench.holds("javi").isEmpty)
            bench.clock.advance(by: .hours(2))
            try await bench.reconcile()
            #expect(try await bench.window(ticket)?.state == .open)
            bench.clock.advance(by: .seconds(3_599))
            #expect(try await bench.sweep() == nil)
            #expect(await bench.holds("javi") == ["corp", "shop"])
            bench.clock.advance(by: .seconds(1))
            #expect(try await bench.sweep()?.windows == 1)
            #expect(await bench.holds("javi").isEmpty)
            #expect(try await bench.window(ticket)?.state == .closed)
            #expect(try await bench.records("access.opened", "access.closed").count == 2)
        }
    }

    /// It is open when every target was read back, not before.
    @Test func aTargetThatIsDownKeepsItOpeningAndNobodyElseWaiting() async throws {
        try await AccessBench.with { bench in
            await bench.shop.inject(.fail(.unreachable)) { $0.fact.kind == .membership }
            let ticket = try await bench.opened("javi")
            #expect(ticket.state == "opening")
            #expect(await bench.holds("javi") == ["corp"])
            await bench.shop.heal()
            bench.clock.advance(by: .minutes(10))
            try await bench.reconcile()
            #expect(try await bench.window(ticket)?.state == .open)
            // And at its end: no target is listed, and the one that lives is done.
            await bench.shop.inject(.fail(.unreachable)) { $0.fact.kind == .membership }
            await bench.shop.injectObservation(.fail(.unreachable), times: 100)
            let looks = await bench.corp.observations.count
            bench.clock.advance(by: .hours(1))
            try await bench.sweep()
            #expect(await bench.holds("javi") == ["shop"])
            #expect(try await bench.window(ticket)?.state == .closing)
            let scopes = await bench.corp.observations.dropFirst(looks)
            #expect(scopes.allSatisfy { if case .only = $0 { true } else { false } })
            await bench.shop.heal()
            bench.clock.advance(by: .hours(1))
            try await bench.sweep()
            #expect(await bench.holds("javi").isEmpty)
            #expect(try await bench.window(ticket)?.state == .closed)
        }
    }

    /// What waited in a queue for a target that was down is not given once its window is over.
    @Test func whatIsLateIsNotGivenAnyMore() async throws {
        for isReleased in [false, true] {
            try await AccessBench.with { bench in
                await bench.shop.inject(.fail(.unreachable)) { $0.fact.kind == .membership && $0.operation == .add }
                let ticket = try await bench.opened("javi")
                #expect(await bench.holds("javi") == ["corp"])
                if isReleased { _ = try await bench.desk("javi").release(ticket.id) }
                bench.clock.advance(by: isReleased ? .minutes(1) : .hours(1))
                await bench.shop.heal()
                try await bench.sweep()
                try await bench.reconcile()
                #expect(await bench.holds("javi").isEmpty)
                let given = await bench.shop.calls.filter {
                    $0.hadEffect && $0.key.contains("live-contributors e-javi")
                }
                #expect(given.isEmpty)
                #expect(try await bench.window(ticket)?.state == .closed)
            }
        }
    }

    @Test func overlappingWindowsDoNotCutEachOther() async throws {
        try await AccessBench.with { bench in
            let first = try await bench.opened("javi", for: .hours(1))
            bench.clock.advance(by: .minutes(30))
            let second = try await bench.opened("javi", for: .hours(1))
            bench.clock.advance(by: .minutes(30))
            try await bench.sweep()
            try await bench.reconcile()
            #expect(try await bench.window(first)?.state == .closed)
            #expect(await bench.holds("javi") == ["corp", "shop"])
            bench.clock.advance(by: .minutes(30))
            try await bench.sweep()
            #expect(try await bench.window(second)?.state == .closed)
            #expect(await bench.holds("javi").isEmpty)
            let removed = await bench.corp.calls.filter {
                $0.operation == .remove && $0.key.contains("live-contributors e-javi")
            }
            #expect(removed.count == 1)
        }
    }

    @Test func aWindowOverAStandingRightTakesNothingAway() async throws {
        try await AccessBench.with { builder in
            builder.organization.tenants[0].standingContributorTiers = [Sample.slug("sandbox")]
        } _: { bench in
            let slug = "payments-sandbox-contributors"
            #expect(await bench.holds("javi", slug) == ["corp", "shop"])
            let ticket = try await bench.opened("javi", "payments/sandbox/contributor", by: nil)
            #expect(ticket.state == "open")
            bench.clock.advance(by: .hours(1))
            try await bench.sweep()
            #expect(try await bench.window(ticket)?.state == .closed)
            #expect(await bench.holds("javi", slug) == ["corp", "shop"])
        }
    }

    @Test func extendingNeverDropsAccess() async throws {
        try await AccessBench.with { bench in
            let ticket = try await bench.opened("javi", for: .hours(1))
            let long = try await bench.desk("javi").extend(ticket.id, by: .hours(4), reason: nil)
            #expect(long.isDenied && long.refusals.first?.contains("now it can be extended by 3h") == true)
            try await expectRefused { try await bench.desk("ana").extend(ticket.id, by: .hours(1), reason: nil) }
            let more = try await bench.desk("javi").extend(ticket.id, by: .hours(1), reason: nil)
            #expect(more.isPending && more.kind == .extension)
            _ = try await bench.desk("nora").approve(more.id)
            let calls = await bench.corp.calls.count
            bench.clock.advance(by: .hours(1))
            try await bench.sweep()
            try await bench.reconcile()
            #expect(try await bench.window(ticket)?.state == .closed)
            #expect(try await bench.window(more)?.state == .open)
            #expect(await bench.corp.calls.count == calls)
            #expect(await bench.holds("javi") == ["corp", "shop"])
            // Given back as a whole, by the id of either.
            _ = try await bench.desk("nora").release(more.id)
            try await bench.sweep()
            #expect(await bench.holds("javi").isEmpty)
            try await expectRefused { try await bench.desk("javi").extend(ticket.id, by: .hours(1), reason: nil) }
        }
    }

    @Test func whoMayGiveItBack() async throws {
        try await AccessBench.with { bench in
            let ticket = try await bench.opened("javi")
            try await expectRefused { try await bench.desk("pedro").release(ticket.id) }
            _ = try await bench.desk("local:eva").release(ticket.id)
            try await bench.sweep()
            #expect(await bench.holds("javi").isEmpty)
            try await expectRefused("over") { try await bench.desk("javi").release(ticket.id) }
        }
    }

    // MARK: Eligibility

    private func lost(
        _ bench: AccessBench, _ ticket: AccessTicket, comesBack: () async throws -> Void
    ) async throws {
        try await bench.reconcile()
        #expect(await bench.holds("javi").isEmpty)
        #expect(try await bench.window(ticket)?.state == .lost)
        try await comesBack()
        bench.clock.advance(by: .minutes(1))
        try await bench.reconcile()
        #expect(await bench.holds("javi").isEmpty)
        #expect(try await bench.window(ticket)?.state == .lost)
        #expect(try await bench.records("access.lost").count == 1)
    }

    @Test func whoeverLeavesOrIsSuspendedLosesItForGood() async throws {
        for (gone, back) in [("left", "rehired"), ("suspended", "returned"), ("compromised", "returned")] {
            try await AccessBench.with { bench in
                let ticket = try await bench.opened("javi")
                bench.clock.advance(by: .minutes(1))
                try await bench.hear(gone, "javi", ["status": .string(gone)])
                try await lost(bench, ticket) {
                    bench.clock.advance(by: .minutes(1))
                    try await bench.hear(back, "javi", ["status": "active"])
                }
            }
        }
    }

    /// Nobody planned in between: what HR says of the time is enough.
    @Test func whoeverWasAwayUnseenHasLostItToo() async throws {
        try await AccessBench.with { bench in
            let open = try await bench.opened("javi")
            let later = try await bench.opened("ana", start: Sample.now + .hours(2))
            for (type, status) in [("suspended", "suspended"), ("returned", "active")] {
                bench.clock.advance(by: .minutes(1))
                for name in ["javi", "ana"] { try await bench.hear(type, name, ["status": .string(status)]) }
            }
            try await bench.reconcile()
            #expect(await bench.holds("javi").isEmpty)
            #expect(try await bench.window(open)?.state == .lost)
            #expect(try await bench.window(later)?.state == .lost)
        }
    }

    @Test func whoeverMovesLosesItAtOnce() async throws {
        try await AccessBench.with { bench in
            let ticket = try await bench.opened("javi")
            bench.clock.advance(by: .minutes(1))
            try await bench.hear("moved", "javi", ["department": "Data"])
            try await lost(bench, ticket) {}
        }
    }

    @Test func whoeverIsNotListedAnyMoreLosesIt() async throws {
        try await AccessBench.with { bench in
            let ticket = try await bench.opened("javi")
            var organization = bench.definitions.organization
            organization.tenants[0].contributors.removeAll { $0.email == Sample.email("javi") }
            organization.revision = "revision-2"
            let reconciler = bench.reconciler
            let survey = try await reconciler.survey(
                DefinitionSet(organization: organization, files: []), previous: bench.definitions.organization)
            _ = try await reconciler.carryOut(survey, patience: .zero) { _ in }
            #expect(await bench.holds("javi").isEmpty)
            #expect(try await bench.window(ticket)?.state == .lost)
        }
    }
}
