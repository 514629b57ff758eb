import AccessModel
import AuditTrail
import Persistence

extension Workflow {
    /// The cases that match, the one opened last first.
    public func cases(_ filter: CaseFilter = CaseFilter()) async throws -> [CaseSummary] {
        var conditions: [String] = []
        var parameters: [SQLValue] = []
        func match(_ column: String, _ value: String?) {
            guard let value else { return }
            parameters.append(.text(value))
            conditions.append("\(column) = $\(parameters.count)")
        }
        match("kind", filter.kind?.rawValue)
        match("identity", filter.identity?.description)
        if filter.isStalled { conditions.append("stalled = 1") }
        let open: [Case.State] = [.requested, .approved, .provisioned, .validated]
        for states in [filter.states, filter.isOpen ? open : nil].compactMap(\.self) {
            conditions.append("state IN (\(states.map { "'\($0.rawValue)'" }.joined(separator: ", ")))")
        }
        if let after = filter.after {
            parameters += [.instant(after.openedAt), .text(after.id)]
            let (time, id) = ("$\(parameters.count - 1)", "$\(parameters.count)")
            conditions.append("(opened_at < \(time) OR (opened_at = \(time) AND id > \(id)))")
        }
        parameters.append(.int(filter.limit))
        let sql = """
            SELECT \(CaseRow.columns) FROM cases
            \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "))
            ORDER BY opened_at DESC, id LIMIT $\(parameters.count)
            """
        return try await world.database.read { [parameters] session in
            try session.query(sql, parameters).map { CaseSummary(try CaseRow($0)) }
        }
    }

    /// One case with its changes; nil if there is none of that id.
    public func show(_ caseID: String) async throws -> CaseReport? {
        try await world.database.read { [world] session in
            try WorkflowTables(session: session, dialect: world.database.dialect).report(caseID)
        }
    }

    /// Moves an identity's settled cases on, each with its record: to `revoked` those whose access is gone, to
    /// `archived` those of which nothing is left at all. A case that is there already, or further, stays.
    ///
    /// - Returns: How many were moved.
    @discardableResult
    public func retire(_ identity: IdentityID, to state: Case.State, actor: String) async throws -> Int {
        let from: [Case.State] = state == .revoked ? [.active] : state == .archived ? [.active, .revoked] : []
        guard !from.isEmpty else { return 0 }
        let now = world.clock.now()
        return try await world.database.write { [world] session in
            let tables = WorkflowTables(session: session, dialect: world.database.dialect)
            let rows = try session.query(
                """
                SELECT \(CaseRow.columns) FROM cases
                WHERE identity = $1 AND state IN (\(from.map { "'\($0.rawValue)'" }.joined(separator: ", ")))
                ORDER BY opened_at, id
                """, [.text(identity.description)]
            ).map(CaseRow.init)
            var records: [Record] = []
            for row in rows {
                try tables.move(row.id, to: state, now: now)
                let context = RecordContext(
                    at: now, actor: actor, subject: row.identity?.description, caseID: row.id)
                records.append(.caseState(context, kind: row.kind, state: state, causedAt: row.causedAt))
            }
            if !records.isEmpty { try world.append(records, session) }
            return rows.count
        }
    }
}

extension WorkflowTables {
    func report(_ caseID: String) throws -> CaseReport? {
        guard let row = try caseRow(caseID) else { return nil }
        let timeline = try session.query(
            "SELECT state, at FROM case_transitions WHERE case_id = $1 ORDER BY seq", [.text(caseID)]
        ).map { row in
            guard let state = Case.State(rawValue: try row.text(0)) else {
                throw WorkflowError(
                    code: .corrupt, operation: "show case `\(caseID)`", message: "a state is not known")
            }
            return Case.Transition(state: state, at: try row.instant(1))
        }
        let waits = try waits(of: caseID)
        let changes = try session.query(
            """
            SELECT seq, change, state, attempts, verified_at, error, next_attempt_at, lease_until, after_seqs
            FROM steps WHERE case_id = $1 ORDER BY seq
            """, [.text(caseID)]
        ).map { try changeReport($0, waits) }
        return CaseReport(
            summary: CaseSummary(row), timeline: timeline, changes: changes, source: row.source,
            planHash: row.planHash)
    }

    private func changeReport(_ row: SQLRow, _ waits: [Int: [StepReference]]) throws -> CaseReport.ChangeReport {
        guard let state = StepState(rawValue: try row.text(2)) else {
            throw WorkflowError(code: .corrupt, operation: "show a step", message: "its state is not known")
        }
        let stored = try StepProblem(text: try row.optionalText(5))
        let problem = stored?.message
        let sequence = Int(try row.integer(0))
        return CaseReport.ChangeReport(
            sequence: sequence, change: try StoredJSON.change(try row.text(1)), state: state,
            attempts: Int(try row.integer(3)), verifiedAt: try row.optionalInstant(4), problem: problem,
            waitsFor: Self.waitsFor(state, problem: stored, after: try row.text(8), older: waits[sequence] ?? []),
            until: StepTiming.until(state, next: try row.optionalInstant(6), lease: try row.optionalInstant(7)))
    }

    private static func waitsFor(
        _ state: StepState, problem stored: StepProblem?, after: String, older: [StepReference]
    ) -> String? {
        let problem = stored?.message
        return switch state {
        case .waiting:
            "steps "
                + (after.filter { $0 != "[" && $0 != "]" }.split(separator: ",").map(String.init)
                + older.map(\.description)).joined(separator: ", ") + " to be tried first"
        case .pending: problem.map { "another attempt, because \($0)" } ?? "its turn"
        case .running: "the target's answer"
        case .uncertain: problem.map { "reading back, because \($0)" } ?? "reading back"
        case .applied where stored?.code == StepProblem.underwayCode:
            "others to do what they were asked for: \(problem ?? "")"
        case .applied: problem.map { "reading back, again because \($0)" } ?? "reading back"
        case .stalled: "a person: retry, skip or cancel it; \(problem ?? "it failed")"
        case .verified, .skipped, .cancelled, .abandoned: nil
        }
    }
}
