import AccessModel
import Persistence

extension WorkflowTables {
    struct Unfinished {
        var listed: [RunSummary.Open] = []
        var count = 0

        var pair: ([RunSummary.Open], Int) { (listed, count) }
    }

    func unfinishedCount(in targets: some Sequence<Slug>) throws -> Int {
        try count([.waiting, .pending, .uncertain, .applied, .running], in: targets)
    }

    private func count(_ states: [StepState], in targets: some Sequence<Slug>) throws -> Int {
        try session.query(
            "SELECT COUNT(*) FROM steps WHERE state IN (\(Self.list(states))) AND \(Self.unfinished) AND target = $1",
            batch: targets.map { [.text($0.text)] }
        ).reduce(0) { $0 + Int(try $1.first?.integer(0) ?? 0) }
    }

    /// Whether a worker other than `owner` has something in hand.
    func hasLease(notOf owner: String, in targets: [Slug], at now: Instant) throws -> Bool {
        let states = Self.list([.running, .applied, .abandoned])
        return try session.query(
            """
            SELECT 1 FROM steps WHERE state IN (\(states)) AND \(Self.unfinished) AND target = $1
            AND lease_until > $2 AND lease_owner <> $3 LIMIT 1
            """, batch: targets.map { [.text($0.text), .instant(now), .text(owner)] }
        ).contains { !$0.isEmpty }
    }

    func unfinished(_ states: [StepState], in targets: [Slug]) throws -> Unfinished {
        var result = Unfinished(count: try count(states, in: targets))
        guard result.count > 0 else { return result }
        for target in targets.sorted() where result.listed.count < RunSummary.listed {
            result.listed += try session.query(
                """
                SELECT case_id, seq, op, fact_key, state, attempts, error, next_attempt_at, lease_until
                FROM steps WHERE state IN (\(Self.list(states))) AND \(Self.unfinished) AND target = $1
                ORDER BY next_attempt_at LIMIT $2
                """, [.text(target.text), .int(RunSummary.listed - result.listed.count)]
            ).map { try open($0, target) }
        }
        return result
    }

    private func open(_ row: SQLRow, _ target: Slug) throws -> RunSummary.Open {
        guard let state = StepState(rawValue: try row.text(4)) else {
            throw WorkflowError(code: .corrupt, operation: "list steps", message: "a state is not known")
        }
        return RunSummary.Open(
            step: StepReference(caseID: try row.text(0), sequence: Int(try row.integer(1))),
            changeID: "\(target) \(try row.text(2)) \(try row.text(3))", state: state,
            attempts: Int(try row.integer(5)), problem: try StepProblem(text: try row.optionalText(6))?.message,
            until: StepTiming.until(state, next: try row.optionalInstant(7), lease: try row.optionalInstant(8)))
    }
}

/// When the clock alone moves a step.
enum StepTiming {
    static func until(_ state: StepState, next: Instant?, lease: Instant?) -> Instant? {
        switch state {
        case .running: lease
        case .applied: [next, lease].compactMap(\.self).max()
        case .pending, .uncertain: next
        case .waiting, .verified, .stalled, .skipped, .cancelled, .abandoned: nil
        }
    }
}
