import AccessModel
import Foundation
import Persistence
import StrictJSON
import Synchronization
import WorkflowEngine

extension Workload {
    /// A worker that was killed comes back to a database of a million finished cases and ten thousand open ones: from
    /// opening the database until every lane that has work is at its first steps.
    static let restart = Workload(
        "restart", area: "Workflow engine", title: "a worker comes back to 1,000,000 finished and 10,000 open cases"
    ) { bench in
        for kind in Workplace.Kind.allCases {
            for size in bench.sizes([1_000_000]) {
                guard let place = try BenchPlace(kind) else {
                    bench.note("SKIPPED \(kind.rawValue): it is not installed")
                    break
                }
                let history = try CaseHistory(finished: size, open: max(1, size / 100))
                bench.note("filling \(kind.rawValue)")
                try await history.fill(place)
                let samples = try await bench.seconds(.wall) { try await history.comeBack(to: place) }
                bench.record(
                    "to the first steps, \(kind.rawValue)", size: size, unit: "s", samples.median,
                    samples: samples.seconds, goal: .atMost(2))
            }
        }
    }
}

/// Cases of two steps each, on four targets.
struct CaseHistory: Sendable {
    private let finished: Int
    private let open: Int
    private let targets: [Slug]
    /// A change's JSON by target, about the person `p-0`.
    private let changes: [String]

    init(finished: Int, open: Int) throws {
        self.finished = finished
        self.open = open
        targets = (0..<4).compactMap { Slug("target-\($0)") }
        guard let person = PersonID("p-0") else { throw EnterpriseError(description: "no person") }
        changes = targets.map { target in
            let account = Account(identity: .person(person), name: "p-0@mountainlab.io", state: .active)
            return Change(
                target: target, operation: .add, lane: .grant, fact: .account(account),
                causes: [.event(source: "hr", id: "1", type: "io.tenure.identity.joined")], risk: 1, stage: 1
            ).json.compactText
        }
    }

    // MARK: Coming back

    private struct Arrived: Error {}

    private final class Arrivals: Sendable {
        private let rest: Mutex<Int>

        init(expected count: Int) { rest = Mutex(count) }

        func areAll() -> Bool {
            rest.withLock { rest in
                rest -= 1
                return rest == 0
            }
        }
    }

    /// Returns as soon as every target's lane is at its first steps, and leaves them as a killed worker does: leased.
    func comeBack(to place: BenchPlace) async throws {
        let database = try await place.open()
        let now = WallClock().now()
        try await Schema.migrate(database, at: now)
        let arrivals = Arrivals(expected: targets.count)
        let workflow = Workplace(
            database: database, targets: Dictionary(uniqueKeysWithValues: targets.map { ($0, InstantTarget()) })
        ).workflow(crashPoint: { boundary in
            guard boundary == .afterClaim else { return }
            if arrivals.areAll() { throw Arrived() }
            try await Task.sleep(for: .seconds(60))
        })
        try await workflow.endLeases()
        _ = try await workflow.fireTimers(at: now) { _, _ in }
        do {
            _ = try await workflow.runUntilQuiescent(budget: .minutes(1))
            throw EnterpriseError(description: "nothing was open")
        } catch is Arrived {}
        await database.close()
    }

    // MARK: Years of work

    /// Fills a new database, a hundred thousand cases at a time, by queries that count.
    func fill(_ place: BenchPlace) async throws {
        let database = try await place.open()
        let now = WallClock().now()
        try await Schema.migrate(database, at: now)
        let total = finished + open
        for first in stride(from: 0, to: total, by: 100_000) {
            let range = first..<min(first + 100_000, total)
            try await database.write { session in
                try insertCases(range, at: now, session)
                for step in 1...2 { try insertSteps(range, step, at: now, session) }
            }
        }
        try await database.write { session in
            let rows = (0..<1_000).map { number -> [SQLValue] in
                [.text("timer-\(number)"), .instant(now + .days(1)), .text("bench"), .text("{}")]
            }
            _ = try session.insert(into: "timers (id, fire_at, kind, payload)", rows)
        }
        await database.close()
    }

    /// The numbers from `$1` to `$2`, as `n`.
    private static let numbers =
        "WITH RECURSIVE numbers (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $2)"

    /// The open ones lie among the others.
    private var isFinished: String { "n % \((finished + open) / open) <> 0" }

    private func insertCases(_ range: Range<Int>, at now: Instant, _ session: any SQLSession) throws {
        let bounds: [SQLValue] = [.int(range.lowerBound), .int(range.upperBound - 1), .instant(now)]
        try session.execute(
            """
            INSERT INTO cases (id, kind, identity, state, caused_at, opened_at, opened_by, updated_at, source, plan_hash)
            \(Self.numbers)
            SELECT 'case-' || n, 'joiner', 'p-' || n, CASE WHEN \(isFinished) THEN 'active' ELSE 'approved' END,
                $3 - n, $3 - n, 'bench', $3, '{"event":"hr"}', 'hash' FROM numbers
            """, bounds)
        for (sequence, state) in ["requested", "approved", "provisioned", "validated", "active"].enumerated() {
            try session.execute(
                """
                INSERT INTO case_transitions (case_id, seq, state, at)
                \(Self.numbers)
                SELECT 'case-' || n, \(sequence + 1), '\(state)', $3 - n FROM numbers
                \(sequence < 2 ? "" : "WHERE \(isFinished)")
                """, bounds)
        }
    }

    /// Of the open ones some are in the hands of a worker that died.
    private func insertSteps(_ range: Range<Int>, _ step: Int, at now: Instant, _ session: any SQLSession) throws {
        for (index, target) in targets.enumerated() {
            try session.execute(
                """
                INSERT INTO steps (case_id, seq, target, lane, stage, op, fact_key, identity, change, state, attempts,
                    next_attempt_at, idempotency_key, lease_owner, lease_until, fence, verified_at, updated_at)
                \(Self.numbers)
                SELECT 'case-' || n, \(step), '\(target)', 'grant', 1, 'add', 'account p-' || n, 'p-' || n,
                    replace($4, 'p-0', 'p-' || n),
                    CASE WHEN \(isFinished) THEN 'verified' WHEN n % 10 = 0 THEN 'running' ELSE 'pending' END, 1,
                    CASE WHEN \(isFinished) THEN NULL ELSE $3 - n END, 'case-' || n || '/\(step)',
                    CASE WHEN \(isFinished) OR n % 10 <> 0 THEN NULL ELSE 'dead' END,
                    CASE WHEN \(isFinished) OR n % 10 <> 0 THEN NULL ELSE $3 + 100000 END, 1,
                    CASE WHEN \(isFinished) THEN $3 ELSE NULL END, $3
                FROM numbers WHERE (n + \(step)) % 4 = \(index)
                """,
                [.int(range.lowerBound), .int(range.upperBound - 1), .instant(now), .text(changes[index])])
        }
    }
}
