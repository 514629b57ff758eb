import AccessModel
import Persistence

extension WorkflowTables {
    /// Takes up to `limit` due steps of one lane of one target: those of workers that are gone and those to be read
    /// back first, then those that are due for longest.
    ///
    /// A step is left alone while one of a lower stage of its case and target is still to be done, and while another
    /// worker holds a step on the same fact.
    func claim(_ lane: TargetLane, limit: Int, lease: LeaseTerms) throws -> [ClaimedStep] {
        var rows: [SQLRow] = []
        var facts: Set<String> = []
        for state in [StepState.running, .applied, .uncertain, .pending] where rows.count < limit {
            let parameters: [SQLValue] = [
                .text(lane.target.text), .text(lane.lane.rawValue), .instant(lease.now), .int(limit - rows.count),
            ]
            for row in try session.query(Self.claimQuery(state, lane.lane, dialect), parameters)
            where facts.insert(try row.text(7)).inserted {
                rows.append(row)
            }
        }
        guard !rows.isEmpty else { return [] }
        let fence = try nextFence(owner: lease.owner)
        let claimed = try rows.map { try Self.claimed($0, fence: fence) }
        try take(claimed, fence: fence, lease: lease)
        return claimed
    }

    private static func claimed(_ row: SQLRow, fence: Int64) throws -> ClaimedStep {
        guard let kind = Case.Kind(rawValue: try row.text(6)), let stored = StepState(rawValue: try row.text(3)) else {
            throw WorkflowError(code: .corrupt, operation: "claim a step", message: "its kind or state is not known")
        }
        return ClaimedStep(
            reference: StepReference(caseID: try row.text(0), sequence: Int(try row.integer(1))), kind: kind,
            change: try StoredJSON.change(try row.text(2)), origin: stored == .running ? .uncertain : stored,
            attempt: Int(try row.integer(4)) + (stored == .applied ? 0 : 1), idempotencyKey: try row.text(5),
            fence: fence, problem: try StepProblem(text: try row.optionalText(8)))
    }

    /// Writes the lease over the steps: those to be sent begin an attempt, those to be read back do not.
    private func take(_ steps: [ClaimedStep], fence: Int64, lease: LeaseTerms) throws {
        let rows: [[SQLValue]] = steps.map { step in
            let isSent = step.origin != .applied
            return step.reference.parameters + [
                .text((isSent ? StepState.running : .applied).rawValue), .int(step.attempt), .text(lease.owner),
                .instant(lease.until), .integer(fence), .instant(lease.now),
            ]
        }
        let types: [SQLType] = [.text, .integer, .text, .integer, .text, .integer, .integer, .integer]
        try session.inPortions(rows: rows, as: types) { values, portion in
            try session.execute(
                """
                UPDATE steps SET state = v.column3, attempts = v.column4, lease_owner = v.column5,
                    lease_until = v.column6, fence = v.column7, updated_at = v.column8
                FROM (VALUES \(values)) AS v WHERE case_id = v.column1 AND seq = v.column2
                """, portion)
        }
    }

    /// When a lane that has nothing to claim will have something, as far as the clock alone decides; nil for never.
    func nextDue(_ lane: TargetLane, after now: Instant) throws -> Instant? {
        var earliest: Instant?
        func consider(_ sql: String, _ parameters: [SQLValue]) throws {
            let found = try session.query(sql, parameters).first?.optionalInstant(0) ?? nil
            if let found { earliest = min(earliest ?? found, found) }
        }
        for state in [StepState.applied, .uncertain, .pending] {
            try consider(
                """
                SELECT MIN(next_attempt_at) FROM steps
                WHERE target = $1 AND state = '\(state.rawValue)' AND lane = $2 AND next_attempt_at > $3
                """, [.text(lane.target.text), .text(lane.lane.rawValue), .instant(now)])
        }
        for state in [StepState.running, .abandoned, .applied] {
            try consider(
                """
                SELECT MIN(lease_until) FROM steps WHERE target = $1 AND state = '\(state.rawValue)' AND lease_until > $2
                """, [.text(lane.target.text), .instant(now)])
        }
        return earliest
    }

    /// The claim of each dialect, in one place: PostgreSQL lets several nodes claim side by side, SQLite's
    /// transactions are one after another anyway.
    private static func claimQuery(_ state: StepState, _ lane: Change.Lane, _ dialect: SQLDialect) -> String {
        // A revocation waits until what stands before it was tried; anything else until it is done or given up.
        let open = list([.waiting, .running, .uncertain, .pending])
        let blocking =
            lane == .revoke
            ? "(b.state = 'running' OR b.state IN (\(open)) AND b.attempts = 0)" : "b.state IN (\(open))"
        let due =
            state == .running
            ? "s.lease_until <= $3"
            : "s.next_attempt_at <= $3 AND (s.lease_until IS NULL OR s.lease_until <= $3)"
        return """
            SELECT s.case_id, s.seq, s.change, s.state, s.attempts, s.idempotency_key, c.kind, s.fact_key, s.error
            FROM steps s JOIN cases c ON c.id = s.case_id
            WHERE s.target = $1 AND s.state = '\(state.rawValue)' AND s.lane = $2 AND \(due)
            AND NOT EXISTS (SELECT 1 FROM steps b WHERE b.case_id = s.case_id AND b.target = s.target
                AND b.lane = s.lane AND b.stage < s.stage AND \(blocking))
            AND NOT EXISTS (SELECT 1 FROM steps r WHERE r.target = s.target AND r.fact_key = s.fact_key
                AND r.state IN ('running', 'abandoned') AND r.lease_until > $3)
            ORDER BY s.next_attempt_at LIMIT $4
            \(dialect == .postgresql ? "FOR UPDATE OF s SKIP LOCKED" : "")
            """
    }
}

/// One of the two queues in front of a target.
struct TargetLane: Hashable, Sendable {
    let target: Slug
    let lane: Change.Lane
}

/// What a claim is made under.
struct LeaseTerms: Sendable {
    let owner: String
    let now: Instant
    let until: Instant
}

extension StepReference {
    /// `$1`, `$2` of a statement on one step.
    var parameters: [SQLValue] { [.text(caseID), .int(sequence)] }
}
