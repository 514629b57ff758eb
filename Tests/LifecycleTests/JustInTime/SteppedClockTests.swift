import AccessModel
import Lifecycle
import Persistence
import TestSupport
import Testing

/// A wall clock that is stepped while the machine is up. What is true is told by a steady clock, which nobody sets.
@Suite struct SteppedClockTests {
    private static let steps: [Span] = [.seconds(1), .hours(1), .days(365)]

    /// A machine that has been up for a while, its wall clock `step` away from the truth.
    private struct Machine {
        var truth = Sample.now
        var step = Span.zero
        var start = "first"

        var wall: Instant { truth + step }
        var steady: SteadyMoment {
            SteadyMoment(start: start, uptime: Span(milliseconds: (truth - Sample.now).milliseconds + 90_000))
        }

        func advance(_ database: any Database, server: Instant? = nil) async throws -> InstallationTime {
            let (wall, steady) = (wall, steady)
            return try await database.write { session in
                try SettingsStore(session).advance(to: wall, first: wall, by: steady, server: server)
            }
        }

        /// What the next command goes by. The engine's time goes on with it and never back.
        func tell(_ bench: inout AccessBench) async throws {
            let time = try await advance(bench.database)
            bench.time = time
            bench.clock.advance(by: max(.zero, time.now - bench.clock.now()))
        }
    }

    @Test func whateverTheWallClockSaysTheTruthIsBetweenTheTwo() async throws {
        for seed in 0..<40 as Range<UInt64> {
            try await withTemporaryDatabase { database in
                var random = SeededGenerator(seed: seed)
                var machine = Machine()
                _ = try await machine.advance(database)
                for _ in 0..<25 {
                    machine.truth = machine.truth + Span(milliseconds: Int64(random.next() % 7_200_000))
                    let step = Self.steps[Int(random.next() % 3)]
                    machine.step = [.zero, step, Span(milliseconds: -step.milliseconds)][Int(random.next() % 3)]
                    let time = try await machine.advance(database)
                    #expect(time.vouched == machine.truth, "seed \(seed)")
                    #expect(time.now >= machine.truth, "seed \(seed)")
                }
            }
        }
    }

    @Test(arguments: [1, -1] as [Int64], steps)
    func noWindowOpensEarlyOrLasts(sign: Int64, step: Span) async throws {
        try await AccessBench.with { bench in
            var (bench, machine) = (bench, Machine())
            try await machine.tell(&bench)
            let ticket = try await bench.opened("javi", for: .hours(2), start: Sample.now + .hours(2))
            #expect(ticket.state == "scheduled")
            machine.step = Span(milliseconds: sign * step.milliseconds)
            func isHeld(after milliseconds: Int64) async throws -> Bool {
                machine.truth = Sample.now + Span(milliseconds: milliseconds)
                try await machine.tell(&bench)
                try await bench.sweep()
                try await bench.reconcile()
                return await !bench.holds("javi").isEmpty
            }
            #expect(try await !isHeld(after: 1))
            #expect(try await !isHeld(after: 7_199_999))
            // A year ahead it is over before it began; nothing else is ever taken from it but what it is ahead.
            let opens = sign < 0 || step < .hours(2)
            #expect(try await isHeld(after: 7_200_000) == opens)
            machine.step = .zero
            #expect(try await isHeld(after: 7_201_000) == opens)
            #expect(try await !isHeld(after: 14_400_000))
        }
    }

    /// What is asked for at once is given at once, and lasts as long as was asked for, whatever the clock said.
    @Test(arguments: steps)
    func whatBeginsAtOnceWaitsForNoClock(step: Span) async throws {
        for isEmergency in [false, true] {
            try await AccessBench.with { bench in
                var (bench, machine) = (bench, Machine())
                try await machine.tell(&bench)
                machine.step = step
                try await machine.tell(&bench)
                if isEmergency {
                    _ = try await bench.desk("marta").breakGlass(
                        "payments/live/admin", reason: "down", duration: .hours(1))
                    try await bench.reconcile("marta")
                } else {
                    _ = try await bench.opened("javi")
                }
                let (name, slug) =
                    isEmergency ? ("marta", "payments-live-admins") : ("javi", "payments-live-contributors")
                #expect(await bench.holds(name, slug) == ["corp", "shop"])
                machine.truth = machine.truth + .hours(1)
                try await machine.tell(&bench)
                try await bench.sweep()
                #expect(await bench.holds(name, slug).isEmpty)
            }
        }
    }

    @Test func nobodyIsHereBeforeTheirFirstDay() async throws {
        let change: (inout OrganizationBuilder) -> Void = { $0.tenant("ledger", readers: ["eva"]) }
        try await AccessBench.with(change) { bench in
            var (bench, machine) = (bench, Machine())
            try await machine.tell(&bench)
            try await bench.hear(
                "joined", "eva",
                [
                    "email": "eva@mountainlab.io", "given_name": "A", "family_name": "B", "type": "employee",
                    "start_date": "2027-02-01",
                ])
            machine.step = .days(365)
            try await machine.tell(&bench)
            func accounts() async -> Int {
                await bench.corp.held.count { $0.kind == .account && $0.identity?.person == Sample.id("e-eva") }
            }
            try await bench.reconcile()
            #expect(await accounts() == 0)
            machine.truth = try #require(Instant("2027-02-02T00:00:00Z"))
            machine.step = .zero
            try await machine.tell(&bench)
            try await bench.reconcile()
            #expect(await accounts() == 1)
        }
    }

    @Test func somebodyCanSayThatTheClockIsRight() async throws {
        try await withTemporaryDatabase { database in
            var machine = Machine()
            _ = try await machine.advance(database)
            machine.step = .hours(1)
            #expect(try await machine.advance(database).vouched == machine.truth)
            let (wall, steady) = (machine.wall, machine.steady)
            try await database.write { try SettingsStore($0).vouch(for: wall, by: steady) }
            #expect(try await machine.advance(database).vouched == machine.wall)
            // A server that says otherwise has the last word, and so has the machine's next start.
            let server = machine.truth
            #expect(try await machine.advance(database, server: server).vouched == server)
            machine.step = .zero
            machine.start = "second"
            #expect(try await machine.advance(database).vouched == machine.truth)
        }
    }

    /// Two clocks that are read in whole milliseconds agree when they are that near.
    @Test func aRoundedMillisecondIsNoStep() {
        let near = InstallationTime(now: Sample.now + Span(milliseconds: 1), vouched: Sample.now)
        #expect(near.vouched == near.now)
        let apart = InstallationTime(now: Sample.now + .seconds(1), vouched: Sample.now)
        #expect(apart.vouched == Sample.now)
    }
}
