import AccessModel
import Persistence

extension WorkflowTables {
    /// Takes up to `limit` due steps of each lane: those of workers that are gone and those to be read back first, then
    /// those that are due for longest. The steps of each, in the order of `claims`.
    ///
    /// A step is left alone while one of a lower stage of its case and target is still to be done, and while another
    /// worker, or another lane, holds a step on the same fact.
    func claim(_ claims: [LaneClaim], lease: LeaseTerms) throws -> [[ClaimedStep]] {
        let found = try session.query(
            Self.claimQuery(dialect),
            batch: claims.map { claim in
                [
                    .text(claim.lane.target.text), .text(claim.lane.lane.rawValue), .instant(lease.now),
                    .int(claim.limit),
                ]
            })
        guard found.contains(where: { !$0.isEmpty }) else { return claims.map { _ in [] } }
        var facts: Set<FactPlace> = []
        var rows: [[SQLRow]] = claims.map { _ in [] }
        let revocationsFirst = claims.indices.sorted { claims[$0].rank < claims[$1].rank }
        for index in revocationsFirst {
            let claim = claims[index]
            for row in found[index] where rows[index].count < claim.limit {
                guard facts.insert(FactPlace(target: claim.lane.target.text, key: try row.text(7))).inserted else {
                    continue
                }
                rows[index].append(row)
            }
        }
        let fence = try nextFence(owner: lease.owner)
        let claimed = try rows.map { try $0.map { try step($0, fence: fence) } }
        try take(claimed.flatMap { $0 }, fence: fence, lease: lease)
        return claimed
    }

    private func step(_ row: SQLRow, fence: Int64) throws -> ClaimedStep {
        guard let kind = Case.Kind(rawValue: try row.text(6)), let stored = StepState(rawValue: try row.text(3)) else {
            throw WorkflowError(code: .corrupt, operation: "claim a step", message: "its kind or state is not known")
        }
        return ClaimedStep(
            reference: StepReference(caseID: try row.text(0), sequence: Int(try row.integer(1))), kind: kind,
            change: try changes.take(try row.text(2)), origin: stored == .running ? .uncertain : stored,
            attempt: Int(try row.integer(4)) + (stored == .applied ? 0 : 1), idempotencyKey: try row.text(5),
            fence: fence, problem: try StepProblem(text: try row.optionalText(8)))
    }

    /// Writes the lease over the steps: those to be sent begin an attempt, those to be read back do not. What is being sent
    /// is due again when its lease ends, so that nobody who looks for work reads all that others have in hand.
    private func take(_ steps: [ClaimedStep], fence: Int64, lease: LeaseTerms) throws {
        let rows: [[SQLValue]] = steps.map { step in
            let isSent = step.origin != .applied
            return step.reference.parameters + [
                .text((isSent ? StepState.running : .applied).rawValue), .int(step.attempt), .text(lease.owner),
                .instant(lease.until), .integer(fence), .instant(lease.now), .optional(isSent ? lease.until : nil),
            ]
        }
        try session.execute(
            """
            UPDATE steps SET state = $3, attempts = $4, lease_owner = $5, lease_until = $6, fence = $7, updated_at = $8,
                next_attempt_at = COALESCE($9, next_attempt_at)
            WHERE case_id = $1 AND seq = $2
            """, batch: rows)
    }

    /// When lanes that have nothing to claim will have something, as far as the clock alone decides; nil for never.
    func nextDue(_ lanes: [TargetLane], after now: Instant) throws -> [Instant?] {
        guard !lanes.isEmpty else { return [] }
        return try session.query(
            Self.dueQuery, batch: lanes.map { [.text($0.target.text), .text($0.lane.rawValue), .instant(now)] }
        ).map { try $0.first?.optionalInstant(0) ?? nil }
    }

    private static let dueQuery: String = {
        let attempts = [StepState.applied, .uncertain, .pending].map { state in
            """
            SELECT MIN(next_attempt_at) AS due FROM steps
            WHERE state = '\(state.rawValue)' AND \(unfinished) AND target = $1 AND lane = $2 AND next_attempt_at > $3
            """
        }
        let leases = [StepState.abandoned, .applied].map { state in
            """
            SELECT MIN(lease_until) FROM steps
            WHERE state = '\(state.rawValue)' AND \(unfinished) AND target = $1 AND lease_until > $3
            """
        }
        let inHand = [Change.Lane.revoke, .grant].map { lane in
            """
            SELECT MIN(next_attempt_at) FROM steps WHERE state = '\(StepState.running.rawValue)' AND \(unfinished)
            AND target = $1 AND lane = '\(lane.rawValue)' AND next_attempt_at > $3
            """
        }
        return "SELECT MIN(due) FROM (\((attempts + leases + inHand).joined(separator: " UNION ALL "))) AS dues"
    }()

    /// The claim of each dialect, in one place: PostgreSQL lets several nodes claim side by side, SQLite's
    /// transactions are one after another anyway.
    private static func claimQuery(_ dialect: SQLDialect) -> String {
        dialect == .postgresql ? postgreSQLClaim : sqliteClaim
    }

    private static let sqliteClaim = claimQuery(locking: "")
    private static let postgreSQLClaim = claimQuery(locking: "FOR UPDATE OF s SKIP LOCKED")

    private static func claimQuery(locking: String) -> String {
        [StepState.running, .applied, .uncertain, .pending].map { state in
            "SELECT * FROM (\(claimQuery(state)) \(locking)) AS \(state.rawValue)"
        }.joined(separator: " UNION ALL ")
    }

    private static func claimQuery(_ state: StepState) -> String {
        """
        SELECT s.case_id, s.seq, s.change, s.state, s.attempts, s.idempotency_key, c.kind, s.fact_key, s.error
        FROM steps s JOIN cases c ON c.id = s.case_id
        WHERE s.target = $1 AND s.state = '\(state.rawValue)' AND s.\(unfinished) AND s.lane = $2
        AND s.next_attempt_at <= $3 AND (s.lease_until IS NULL OR s.lease_until <= $3) AND \(nothingLower)
        AND NOT EXISTS (SELECT 1 FROM steps r WHERE r.target = s.target AND r.fact_key = s.fact_key
            AND r.state IN ('running', 'abandoned') AND r.lease_until > $3)
        ORDER BY s.next_attempt_at LIMIT $4
        """
    }

    /// That no step of a lower stage stands before the step `s`. A revocation waits until what stands before it was
    /// tried; anything else until it is done or given up.
    ///
    /// One look into the index of open cases a state: the order and the limit leave a planner that knows nothing of
    /// the tables no cheaper way, where `NOT EXISTS` let it read the whole case for each of its steps.
    private static let nothingLower: String = [StepState.waiting, .running, .uncertain, .pending].map { state in
        let counts = state == .running ? "" : "AND ($2 = 'grant' OR b.attempts = 0)"
        return """
            (SELECT b.stage FROM steps b WHERE b.case_id = s.case_id AND b.state = '\(state.rawValue)'
                AND b.target = s.target AND b.lane = s.lane AND b.stage < s.stage AND b.\(unfinished) \(counts)
                ORDER BY b.stage LIMIT 1) IS NULL
            """
    }.joined(separator: " AND ")
}

/// How many steps a lane wants.
struct LaneClaim: Sendable {
    let lane: TargetLane
    let limit: Int

    fileprivate var rank: Int { lane.lane == .revoke ? 0 : 1 }
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
