import AccessModel
import Persistence
import StrictJSON

/// What comes after what: within a case by `after_seqs`, across cases by `step_waits`.
extension WorkflowTables {
    /// Makes steps of new cases wait for what older cases have still to try of the changes that they come after. Only
    /// a newer case ever waits for an older one, so no two wait for each other.
    ///
    /// - Parameter cases: The steps of each.
    /// - Returns: The cases that wait.
    func waitForOlder(_ cases: [[NewStep]], now: Instant) throws -> Set<String> {
        var waiting: Set<String> = []
        for steps in cases {
            let own = Set(steps.map(\.change.id))
            for step in steps {
                for id in step.change.after where !own.contains(id) {
                    for older in try underway(id, besides: step.reference.caseID) {
                        try session.execute(
                            "INSERT INTO step_waits (case_id, seq, on_case, on_seq) VALUES ($1, $2, $3, $4)",
                            step.reference.parameters + older.parameters)
                        try session.execute(
                            "UPDATE steps SET state = 'waiting', updated_at = $3 WHERE case_id = $1 AND seq = $2",
                            step.reference.parameters + [.instant(now)])
                        waiting.insert(step.reference.caseID)
                    }
                }
            }
        }
        return waiting
    }

    /// Steps of other cases that are to make the change of this id.
    private func underway(_ changeID: String, besides caseID: String) throws -> [StepReference] {
        let words = changeID.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count == 3 else { return [] }
        return try session.query(
            """
            SELECT case_id, seq FROM steps WHERE target = $1 AND op = $2 AND fact_key = $3 AND case_id <> $4
                AND state IN (\(Self.list([.waiting, .pending, .running, .uncertain]))) ORDER BY case_id, seq
            """, words.map { .text($0) } + [.text(caseID)]
        ).map { StepReference(caseID: try $0.text(0), sequence: Int(try $0.integer(1))) }
    }

    /// Lets go of steps of these cases, and of those that wait for them, whose predecessors have all been tried, or
    /// cannot be for now.
    func releaseWaiting(in caseIDs: some Sequence<String>, now: Instant) throws {
        var affected = Set(caseIDs)
        try session.inPortions(affected.sorted().map { .text($0) }, asTable: true) { list, portion in
            let rows = try session.query("SELECT DISTINCT case_id FROM step_waits WHERE on_case IN \(list)", portion)
            for row in rows { affected.insert(try row.text(0)) }
        }
        var waiting: [(step: StepReference, after: String)] = []
        try session.inPortions(affected.sorted().map { .text($0) }, asTable: true) { list, portion in
            waiting += try session.query(
                """
                SELECT case_id, seq, after_seqs FROM steps
                WHERE case_id IN \(list) AND state = 'waiting' AND \(Self.unfinished)
                """, portion
            ).map { (StepReference(caseID: try $0.text(0), sequence: Int(try $0.integer(1))), try $0.text(2)) }
        }
        guard !waiting.isEmpty else { return }
        let hindrances = try hindrances(in: Set(waiting.map(\.step.caseID)), now: now)
        try release(
            waiting.filter { step, after in
                guard !hindrances.waiters.contains(step) else { return false }
                let after = try StoredJSON.parse(after, of: "what a step comes after").array ?? []
                return !after.contains { sequence in
                    sequence.integer.map {
                        hindrances.untried.contains(StepReference(caseID: step.caseID, sequence: Int($0)))
                    } ?? false
                }
            }.map(\.step), now: now)
    }

    private struct Hindrances {
        /// Steps that are worth waiting for.
        var untried: Set<StepReference> = []
        /// Steps that wait for such a one of an older case.
        var waiters: Set<StepReference> = []
    }

    private func hindrances(in caseIDs: Set<String>, now: Instant) throws -> Hindrances {
        var found = Hindrances()
        try session.inPortions(caseIDs.sorted().map { .text($0) }, after: 1, asTable: true) { list, portion in
            let parameters = [SQLValue.instant(now)] + portion
            for row in try session.query(
                """
                SELECT p.case_id, p.seq FROM steps p
                WHERE p.case_id IN \(list) AND p.\(Self.unfinished) AND \(Self.holdsUp)
                """, parameters)
            {
                found.untried.insert(StepReference(caseID: try row.text(0), sequence: Int(try row.integer(1))))
            }
            for row in try session.query(
                """
                SELECT w.case_id, w.seq FROM step_waits w JOIN steps p ON p.case_id = w.on_case AND p.seq = w.on_seq
                WHERE w.case_id IN \(list) AND \(Self.holdsUp)
                """, parameters)
            {
                found.waiters.insert(StepReference(caseID: try row.text(0), sequence: Int(try row.integer(1))))
            }
        }
        return found
    }

    private func release(_ steps: [StepReference], now: Instant) throws {
        let rows = steps.map { $0.parameters + [.instant(now)] }
        try session.inPortions(rows: rows, as: [.text, .integer, .integer]) { values, portion in
            try session.execute(
                """
                UPDATE steps SET state = 'pending', updated_at = v.column3 FROM (VALUES \(values)) AS v
                WHERE case_id = v.column1 AND seq = v.column2 AND state = 'waiting'
                """, portion)
        }
        try session.inPortions(rows: steps.map(\.parameters), as: [.text, .integer]) { values, portion in
            try session.execute("DELETE FROM step_waits WHERE (case_id, seq) IN (VALUES \(values))", portion)
        }
    }

    /// Whether the step `p` is still worth waiting for, at the time `$1`: it is being tried, or was not yet and can be.
    /// One that was put off, or stands behind a step that failed, holds nothing up: what is to be revoked never waits
    /// for a grant that may not come.
    private static let holdsUp = """
        (p.state IN ('running', 'waiting') OR (p.state IN ('pending', 'uncertain') AND p.attempts = 0
            AND p.next_attempt_at <= $1
            AND NOT EXISTS (SELECT 1 FROM steps b WHERE b.case_id = p.case_id AND b.target = p.target
                AND b.lane = p.lane AND b.stage < p.stage AND b.state IN ('pending', 'uncertain') AND b.attempts > 0
                AND b.\(unfinished))))
        """

    /// Steps of older cases that steps of this one wait for, by the waiting step.
    func waits(of caseID: String) throws -> [Int: [StepReference]] {
        var waits: [Int: [StepReference]] = [:]
        let rows = try session.query(
            "SELECT seq, on_case, on_seq FROM step_waits WHERE case_id = $1 ORDER BY seq, on_case, on_seq",
            [.text(caseID)])
        for row in rows {
            waits[Int(try row.integer(0)), default: []].append(
                StepReference(caseID: try row.text(1), sequence: Int(try row.integer(2))))
        }
        return waits
    }
}
