import AccessModel
import Persistence
import StrictJSON

/// What comes after what: within a case by `after_seqs`, across cases by `step_waits`.
extension WorkflowTables {
    /// Makes steps of a new case wait for what older cases have still to try of the changes that they come after. Only
    /// a newer case ever waits for an older one, so no two wait for each other.
    func waitForOlder(_ steps: [NewStep], of caseID: String, now: Instant) throws {
        let own = Set(steps.map(\.change.id))
        for step in steps {
            for id in step.change.after where !own.contains(id) {
                for older in try underway(id, besides: caseID) {
                    try session.execute(
                        "INSERT INTO step_waits (case_id, seq, on_case, on_seq) VALUES ($1, $2, $3, $4)",
                        [.text(caseID), .int(step.sequence)] + older.parameters)
                    try session.execute(
                        "UPDATE steps SET state = 'waiting', updated_at = $3 WHERE case_id = $1 AND seq = $2",
                        [.text(caseID), .int(step.sequence), .instant(now)])
                }
            }
        }
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
        for caseID in affected {
            let rows = try session.query("SELECT DISTINCT case_id FROM step_waits WHERE on_case = $1", [.text(caseID)])
            for row in rows { affected.insert(try row.text(0)) }
        }
        for caseID in affected.sorted() { try releaseWaiting(in: caseID, now: now) }
    }

    private func releaseWaiting(in caseID: String, now: Instant) throws {
        let waiting = try session.query(
            "SELECT seq, after_seqs FROM steps WHERE case_id = $1 AND state = 'waiting'", [.text(caseID)])
        guard !waiting.isEmpty else { return }
        let untried = Set(
            try session.query(
                "SELECT p.seq FROM steps p WHERE p.case_id = $1 AND \(Self.holdsUp)", [.text(caseID), .instant(now)]
            ).map { try $0.integer(0) })
        let elsewhere = Set(
            try session.query(
                """
                SELECT w.seq FROM step_waits w JOIN steps p ON p.case_id = w.on_case AND p.seq = w.on_seq
                WHERE w.case_id = $1 AND \(Self.holdsUp)
                """, [.text(caseID), .instant(now)]
            ).map { try $0.integer(0) })
        for row in waiting {
            let sequence = try row.integer(0)
            let after = try StoredJSON.parse(try row.text(1), of: "what a step comes after").array ?? []
            guard !elsewhere.contains(sequence),
                after.allSatisfy({ $0.integer.map { !untried.contains($0) } ?? true })
            else { continue }
            let step: [SQLValue] = [.text(caseID), .integer(sequence)]
            try session.execute("DELETE FROM step_waits WHERE case_id = $1 AND seq = $2", step)
            try session.execute(
                """
                UPDATE steps SET state = 'pending', updated_at = $3
                WHERE case_id = $1 AND seq = $2 AND state = 'waiting'
                """, step + [.instant(now)])
        }
    }

    /// Whether the step `p` is still worth waiting for, at the time `$2`: it is being tried, or was not yet and can be.
    /// One that was put off, or stands behind a step that failed, holds nothing up: what is to be revoked never waits
    /// for a grant that may not come.
    private static let holdsUp = """
        (p.state IN ('running', 'waiting') OR (p.state IN ('pending', 'uncertain') AND p.attempts = 0
            AND p.next_attempt_at <= $2
            AND NOT EXISTS (SELECT 1 FROM steps b WHERE b.case_id = p.case_id AND b.target = p.target
                AND b.lane = p.lane AND b.stage < p.stage AND b.state IN ('pending', 'uncertain') AND b.attempts > 0)))
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
