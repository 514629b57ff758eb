import AccessModel
import Definitions
import Lifecycle
import Persistence
import Synchronization
import TestSupport
import Testing

/// Many windows that end in the same second.
@Suite struct CrowdTests {
    /// One case, one call a window and target, and as many statements as a portion of them needs: not one each.
    @Test func theyAreDispatchedTogether() async throws {
        let crowd = 60
        try await Self.withOpenWindows(crowd) { bench in
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

    /// More than a portion are several cases, and none of them is left out.
    @Test func portionsAreCasesOfTheirOwn() async throws {
        let crowd = 23
        try await Self.withOpenWindows(crowd) { bench in
            bench.clock.advance(by: .hours(1))
            let sweep = try await bench.sweep(portion: 5)
            #expect(sweep?.windows == crowd && sweep?.cases.count == 5)
            #expect(sweep?.summary.isFinished == true && sweep?.summary.sent == 2 * crowd)
            #expect(try await bench.sweep() == nil)
            #expect(try await bench.records("access.closed").count == crowd)
        }
    }

    /// What was decided meanwhile counts: who got another window while others were told keeps the membership.
    @Test func whatIsDecidedMeanwhileCounts() async throws {
        try await Self.withOpenWindows(3) { bench in
            bench.clock.advance(by: .hours(1))
            let database = InterruptedDatabase(bench.database, after: 1) { session in
                guard try WindowStore(session).window("win-again-2") == nil else { return }
                let now = bench.clock.now()
                try WindowStore(session).insert([Self.window(2, "again", from: now, bench)])
                try SettingsStore(session).advanceGeneration()
            }
            _ = try await bench.reconciler(on: database).sweep(bench.definitions, portion: 1)
            #expect(await bench.holds("p0") == [])
            #expect(await bench.holds("p1") == [])
            #expect(await bench.holds("p2") == ["corp", "shop"])
        }
    }

    /// Wherever a process dies, the next sweep finds the rest, and no target is told of anything twice.
    @Test func aSweepThatDiesIsGoneOnWith() async throws {
        let crowd = 23
        try await Self.withOpenWindows(crowd) { bench in
            bench.clock.advance(by: .hours(1))
            let before = await (bench.corp.calls.count, bench.shop.calls.count)
            for writes in 1...6 {
                let dying = InterruptedDatabase(bench.database, after: writes) { _ in
                    throw PersistenceError(code: .unavailable, operation: "write", message: "the process died")
                }
                await #expect(throws: PersistenceError.self) {
                    _ = try await bench.reconciler(on: dying).sweep(bench.definitions, portion: 5)
                }
                // What the dead one had in hand is let go of.
                bench.clock.advance(by: .minutes(3))
            }
            let last = try await bench.sweep(portion: 5)
            #expect(last?.summary.isFinished == true)
            #expect(try await bench.sweep() == nil)
            #expect(await bench.corp.calls.count == before.0 + crowd)
            #expect(await bench.shop.calls.count == before.1 + crowd)
            for number in 0..<crowd { #expect(await bench.holds("p\(number)") == []) }
            #expect(try await bench.records("access.closed").count == crowd)
        }
    }

    /// `p0`, `p1`, ...: contributors with a window of an hour each, seen in both targets.
    private static func withOpenWindows(
        _ crowd: Int, _ body: (AccessBench) async throws -> Void
    ) async throws {
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
                try WindowStore(session).insert((0..<crowd).map { window($0, "first", from: now, bench) })
            }
            try await bench.reconcile()
            #expect(await bench.holds("p\(crowd - 1)") == ["corp", "shop"])
            try await body(bench)
        }
    }

    private static func window(
        _ number: Int, _ name: String, from: Instant, _ bench: AccessBench
    ) -> AccessWindow {
        AccessWindow(
            id: "win-\(name)-\(number)", request: nil, person: Sample.id("e-p\(number)"),
            group: Sample.group("payments/live/contributor"), reason: "x", approvedBy: [], askedAt: from,
            recordedAt: from, from: from, until: from + .hours(1))
    }
}

/// Once it has taken so many writes something happens at the beginning of each one after them.
private final class InterruptedDatabase: Database {
    typealias Interruption = @Sendable (any SQLSession) throws -> Void

    private let base: any Database
    private let left: Mutex<Int>
    private let interruption: Interruption

    init(_ base: any Database, after writes: Int, _ interruption: @escaping Interruption) {
        self.base = base
        left = Mutex(writes)
        self.interruption = interruption
    }

    var dialect: SQLDialect { base.dialect }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        try await base.read(body)
    }

    @discardableResult
    func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        let isDue = left.withLock { left in
            left -= 1
            return left < 0
        }
        return try await base.write { [interruption] session in
            if isDue { try interruption(session) }
            return try body(session)
        }
    }

    func close() async { await base.close() }
}
