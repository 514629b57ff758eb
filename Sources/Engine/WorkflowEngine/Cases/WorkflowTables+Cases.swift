import AccessModel
import AuditTrail
import Persistence
import StrictJSON

/// A case as it is stored, without its steps.
struct CaseRow {
    let id: String
    let kind: Case.Kind
    let identity: IdentityID?
    var state: Case.State
    let causedAt: Instant
    let openedAt: Instant
    let source: JSONValue
    let planHash: String
    var isStalled: Bool

    static let columns = "id, kind, identity, state, caused_at, opened_at, source, plan_hash, stalled"

    init(_ row: SQLRow) throws {
        id = try row.text(0)
        guard let kind = Case.Kind(rawValue: try row.text(1)), let state = Case.State(rawValue: try row.text(3)) else {
            throw WorkflowError(
                code: .corrupt, operation: "read case `\(id)`", message: "its kind or state is not known")
        }
        self.kind = kind
        self.state = state
        identity = try row.optionalText(2).flatMap { IdentityID($0) }
        causedAt = try row.instant(4)
        openedAt = try row.instant(5)
        source = try StoredJSON.parse(try row.text(6), of: "a case's source")
        planHash = try row.text(7)
        isStalled = try row.bool(8)
    }

    /// Where it goes once every change was read back.
    var settled: Case.State { kind == .leaver ? .revoked : .active }

    /// Whether it came to its end.
    var isOver: Bool {
        switch state {
        case .active, .revoked, .archived, .cancelled: true
        case .requested, .approved, .provisioned, .validated: false
        }
    }
}

extension WorkflowTables {
    func caseRow(_ id: String) throws -> CaseRow? {
        try session.query("SELECT \(CaseRow.columns) FROM cases WHERE id = $1", [.text(id)]).first.map(CaseRow.init)
    }

    func insert(_ opening: CaseOpening, planHash: String, actor: String, now: Instant) throws {
        var source = opening.source.object ?? JSONObject([JSONObject.Member(name: "source", value: opening.source)])
        if !opening.compensates, opening.kind != .leaver { source[Self.compensatesMember] = false }
        try session.execute(
            """
            INSERT INTO cases (id, kind, identity, state, caused_at, opened_at, opened_by, updated_at, source,
                plan_hash, stalled)
            VALUES ($1, $2, $3, 'requested', $4, $5, $6, $7, $8, $9, 0)
            """,
            [
                .text(opening.id), .text(opening.kind.rawValue), .optional(opening.identity?.description),
                .instant(opening.causedAt), .instant(now), .text(actor), .instant(now),
                .text(JSONValue.object(source).compactText), .text(planHash),
            ])
    }

    static let compensatesMember = "compensates"

    /// Moves a case and writes down when; the record is the caller's.
    func move(_ id: String, to state: Case.State, now: Instant) throws {
        try session.execute(
            "UPDATE cases SET state = $2, updated_at = $3 WHERE id = $1",
            [.text(id), .text(state.rawValue), .instant(now)])
        try enter(state, id, now: now)
    }

    /// Writes a state into the timeline of a case.
    func enter(_ state: Case.State, _ id: String, now: Instant) throws {
        try session.execute(
            """
            INSERT INTO case_transitions (case_id, seq, state, at)
            SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3 FROM case_transitions WHERE case_id = $4
            """, [.text(id), .text(state.rawValue), .instant(now), .text(id)])
    }

    func setStalled(_ id: String, _ isStalled: Bool, now: Instant) throws {
        try session.execute(
            "UPDATE cases SET stalled = $2, updated_at = $3 WHERE id = $1",
            [.text(id), .bool(isStalled), .instant(now)])
    }

    /// Moves the cases on as far as their steps have come, each transition with its record.
    ///
    /// `provisioned`: no step is left to be done. `validated`: none is left to be read back either, which is the only
    /// way there. From there a case settles at once.
    func advance(_ ids: some Sequence<String>, at now: Instant) throws -> [Record] {
        var records: [Record] = []
        for id in Set(ids).sorted() {
            guard let row = try session.query(Self.progressQuery, [.text(id)]).first else { continue }
            records += try advance(try CaseRow(row), try Progress(row), at: now)
        }
        return records
    }

    private struct Progress {
        let hasOpen: Bool
        let hasApplied: Bool
        let hasTrouble: Bool
        let hasDone: Bool
        let hasOvertaken: Bool

        init(_ row: SQLRow) throws {
            hasOpen = try row.bool(9)
            hasApplied = try row.bool(10)
            hasTrouble = try row.bool(11)
            hasDone = try row.bool(12)
            hasOvertaken = try row.bool(13)
        }
    }

    private static let progressQuery: String = {
        func has(_ condition: String) -> String {
            "CASE WHEN EXISTS (SELECT 1 FROM steps s WHERE s.case_id = cases.id AND \(condition)) THEN 1 ELSE 0 END"
        }
        let open = list([.waiting, .pending, .running, .uncertain, .stalled])
        let unfinished = list([.waiting, .pending, .running, .uncertain, .applied])
        return """
            SELECT \(CaseRow.columns), \(has("s.state IN (\(open))")), \(has("s.state = 'applied'")),
                CASE WHEN stalled = 0 THEN 0 ELSE
                    \(has("(s.state = 'stalled' OR s.state IN (\(unfinished)) AND s.error IS NOT NULL)")) END,
                \(has("s.state IN ('verified', 'skipped')")), \(has("s.state IN ('cancelled', 'abandoned')"))
            FROM cases WHERE id = $1
            """
    }()

    private func advance(_ stored: CaseRow, _ progress: Progress, at now: Instant) throws -> [Record] {
        var row = stored
        if row.isStalled, !progress.hasTrouble { try setStalled(row.id, false, now: now) }
        guard !row.isOver, !progress.hasOpen else { return [] }
        var records: [Record] = []
        func go(_ state: Case.State) throws {
            try move(row.id, to: state, now: now)
            row.state = state
            let context = RecordContext(at: now, actor: "tenure", subject: row.identity?.description, caseID: row.id)
            records.append(.caseState(context, kind: row.kind, state: state, causedAt: row.causedAt))
        }
        if progress.hasOvertaken, !progress.hasDone, !progress.hasApplied {
            // Everything that it was for was decided otherwise.
            try go(.cancelled)
            return records
        }
        if row.state == .approved { try go(.provisioned) }
        guard row.state == .provisioned, !progress.hasApplied else { return records }
        try go(.validated)
        try go(row.settled)
        return records
    }
}
