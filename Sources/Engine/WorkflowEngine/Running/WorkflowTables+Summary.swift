import AccessModel
import Persistence

extension WorkflowTables {
    struct Unfinished {
        var listed: [RunSummary.Open] = []
        var count = 0

        var pair: ([RunSummary.Open], Int) { (listed, count) }
    }

    func unfinishedCount(in targets: some Sequence<Slug>) throws -> Int {
        let states = Self.list([.waiting, .pending, .uncertain, .applied, .running])
        var count = 0
        for target in targets {
            let rows = try session.query(
                "SELECT COUNT(*) FROM steps WHERE target = $1 AND state IN (\(states))", [.text(target.text)])
            count += Int(try rows.first?.integer(0) ?? 0)
        }
        return count
    }

    /// Whether a worker other than `owner` has something in hand.
    func hasLease(notOf owner: String, in targets: [Slug], at now: Instant) throws -> Bool {
        let states = Self.list([.running, .applied, .abandoned])
        return try targets.contains { target in
            try !session.query(
                """
                SELECT 1 FROM steps WHERE target = $1 AND state IN (\(states)) AND lease_until > $2
                AND lease_owner <> $3 LIMIT 1
                """, [.text(target.text), .instant(now), .text(owner)]
            ).isEmpty
        }
    }

    func unfinished(_ states: [StepState], in targets: [Slug]) throws -> Unfinished {
        var result = Unfinished()
        for target in targets.sorted() {
            let rows = try session.query(
                """
                SELECT case_id, seq, op, fact_key, state, attempts, error, next_attempt_at, lease_until
                FROM steps WHERE target = $1 AND state IN (\(Self.list(states))) ORDER BY next_attempt_at LIMIT $2
                """, [.text(target.text), .int(RunSummary.listed - result.listed.count)])
            result.listed += try rows.map { try open($0, target) }
            if result.listed.count < RunSummary.listed {
                result.count += rows.count
            } else {
                let counted = try session.query(
                    "SELECT COUNT(*) FROM steps WHERE target = $1 AND state IN (\(Self.list(states)))",
                    [.text(target.text)])
                result.count += Int(try counted.first?.integer(0) ?? 0)
            }
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
