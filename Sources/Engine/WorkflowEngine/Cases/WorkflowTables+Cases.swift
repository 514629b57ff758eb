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

    /// Which of these are there.
    func knownCases(among ids: [String]) throws -> Set<String> {
        var known: Set<String> = []
        try session.inPortions(ids.map { .text($0) }, asTable: true) { list, portion in
            for row in try session.query("SELECT id FROM cases WHERE id IN \(list)", portion) {
                known.insert(try row.text(0))
            }
        }
        return known
    }

    /// What a case goes through by being opened.
    static let openingStates: [Case.State] = [.requested, .approved]

    /// Writes the cases, without their steps, with the states that they enter at once.
    func insert(_ drafts: [OpeningDraft], now: Instant) throws {
        try session.insert(
            into: """
                cases (id, kind, identity, state, caused_at, opened_at, opened_by, updated_at, source, plan_hash, stalled)
                """, drafts.map { $0.parameters(now: now) })
        try session.insert(
            into: "case_transitions (case_id, seq, state, at)",
            drafts.flatMap { draft in
                Self.openingStates.enumerated().map { offset, state in
                    [.text(draft.opening.id), .int(offset + 1), .text(state.rawValue), .instant(now)]
                }
            })
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
        var rows: [SQLRow] = []
        try session.inPortions(Set(ids).sorted().map { .text($0) }, asTable: true) { list, portion in
            rows += try session.query("\(Self.progressQuery) WHERE id IN \(list) ORDER BY id", portion)
        }
        let advances = try rows.map { Advance(try CaseRow($0), try Progress($0)) }
        let moves = advances.flatMap { advance in
            advance.states.enumerated().map { Move(advance: advance, state: $1, offset: $0) }
        }
        try write(advances, moves, at: now)
        return moves.map { move in
            let row = move.advance.row
            let context = RecordContext(at: now, actor: "tenure", subject: row.identity?.description, caseID: row.id)
            return .caseState(context, kind: row.kind, state: move.state, causedAt: row.causedAt)
        }
    }

    /// Where a case goes from where it is.
    private struct Advance {
        let row: CaseRow
        let progress: Progress
        let states: [Case.State]

        init(_ row: CaseRow, _ progress: Progress) {
            self.row = row
            self.progress = progress
            states = Self.states(row, progress)
        }

        private static func states(_ row: CaseRow, _ progress: Progress) -> [Case.State] {
            guard !row.isOver, !progress.hasOpen else { return [] }
            // Everything that it was for was decided otherwise.
            if progress.hasOvertaken, !progress.hasDone, !progress.hasApplied { return [.cancelled] }
            let isProvisioned = row.state == .approved || row.state == .provisioned
            let first: [Case.State] = row.state == .approved ? [.provisioned] : []
            return isProvisioned && !progress.hasApplied ? first + [.validated, row.settled] : first
        }
    }

    private struct Move {
        let advance: Advance
        let state: Case.State
        /// The first of the case is 0.
        let offset: Int
    }

    private func write(_ advances: [Advance], _ moves: [Move], at now: Instant) throws {
        let ends: [[SQLValue]] = advances.compactMap { advance in
            guard let state = advance.states.last else { return nil }
            return [.text(advance.row.id), .text(state.rawValue), .instant(now)]
        }
        try session.inPortions(rows: ends, as: [.text, .text, .integer]) { values, portion in
            try session.execute(
                """
                UPDATE cases SET state = v.column2, updated_at = v.column3 FROM (VALUES \(values)) AS v
                WHERE id = v.column1
                """, portion)
        }
        try session.insert(
            into: "case_transitions (case_id, seq, state, at)",
            moves.map { move in
                [
                    .text(move.advance.row.id), .int(move.advance.progress.transitions + 1 + move.offset),
                    .text(move.state.rawValue), .instant(now),
                ]
            })
        for advance in advances where advance.row.isStalled && !advance.progress.hasTrouble {
            try setStalled(advance.row.id, false, now: now)
        }
    }

    private struct Progress {
        let hasOpen: Bool
        let hasApplied: Bool
        let hasTrouble: Bool
        let hasDone: Bool
        let hasOvertaken: Bool
        /// How many states it has entered.
        let transitions: Int

        init(_ row: SQLRow) throws {
            hasOpen = try row.bool(9)
            hasApplied = try row.bool(10)
            hasTrouble = try row.bool(11)
            hasDone = try row.bool(12)
            hasOvertaken = try row.bool(13)
            transitions = Int(try row.integer(14))
        }
    }

    private static let progressQuery: String = {
        func has(_ condition: String) -> String {
            "CASE WHEN EXISTS (SELECT 1 FROM steps s WHERE s.case_id = cases.id AND \(condition)) THEN 1 ELSE 0 END"
        }
        // What others were asked for has been sent, and is not provisioned before they have done it.
        let open = """
            (s.state IN (\(list([.waiting, .pending, .running, .uncertain, .stalled]))) OR (s.state = 'applied'
                AND s.error LIKE '{"code":"\(StepProblem.underwayCode)"%'))
            """
        let trouble = "(s.state = 'stalled' OR s.error IS NOT NULL)"
        // What is done is looked for only where nothing is open: it is not in the index of what is unfinished.
        func atEnd(_ condition: String) -> String {
            "CASE WHEN \(has("s.\(unfinished) AND \(open)")) = 1 THEN 0 ELSE \(has(condition)) END"
        }
        return """
            SELECT \(CaseRow.columns), \(has("s.\(unfinished) AND \(open)")),
                \(has("s.\(unfinished) AND s.state = 'applied'")),
                CASE WHEN stalled = 0 THEN 0 ELSE \(has("s.\(unfinished) AND s.state <> 'abandoned' AND \(trouble)")) END,
                \(atEnd("s.state IN ('verified', 'skipped')")), \(atEnd("s.state IN ('cancelled', 'abandoned')")),
                (SELECT COALESCE(MAX(seq), 0) FROM case_transitions t WHERE t.case_id = cases.id)
            FROM cases
            """
    }()
}

extension OpeningDraft {
    fileprivate func parameters(now: Instant) -> [SQLValue] {
        var source = opening.source.object ?? JSONObject([JSONObject.Member(name: "source", value: opening.source)])
        if !opening.compensates, opening.kind != .leaver { source[WorkflowTables.compensatesMember] = false }
        return [
            .text(opening.id), .text(opening.kind.rawValue), .optional(opening.identity?.description),
            .text((WorkflowTables.openingStates.last ?? .requested).rawValue), .instant(opening.causedAt),
            .instant(now), .text(actor), .instant(now), .text(JSONValue.object(source).compactText),
            .text(planHash), .int(0),
        ]
    }
}
