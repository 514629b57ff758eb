import AccessModel
import AuditTrail
import Persistence

/// What a person does about a case. Each act is recorded with who and why.
extension Workflow {
    /// Tries everything of the case that is stalled or waits for another attempt, now; for a stalled step with a new
    /// series of attempts. What may have been sent is read back first.
    ///
    /// - Returns: How many steps are tried again.
    @discardableResult
    public func retry(_ caseID: String, reason: String = "", actor: String) async throws -> Int {
        try await act(on: caseID, .retry, reason: reason, actor: actor) { act in
            let count = try act.tables.session.execute(
                """
                UPDATE steps SET next_attempt_at = $2, updated_at = $3,
                    state = CASE WHEN state = 'stalled' THEN 'uncertain' ELSE state END
                WHERE case_id = $1 AND state IN ('stalled', 'pending', 'uncertain', 'applied')
                    AND (state = 'stalled' OR next_attempt_at > $4)
                """, [.text(caseID), .instant(act.now), .instant(act.now), .instant(act.now)])
            return Act.Effect(value: count)
        }
    }

    /// Gives a step up and lets its case go on without it. `busy` while a worker is at it.
    public func skip(_ step: StepReference, reason: String, actor: String) async throws {
        guard reason.contains(where: { !$0.isWhitespace }) else {
            throw WorkflowError(
                code: .invalid, operation: "skip step `\(step)`", message: "a reason is needed, and none was given")
        }
        try await act(on: step.caseID, .skip, reason: reason, actor: actor) { act in
            try act.skip(step, reason: reason)
            return Act.Effect(value: ())
        }
    }

    /// What became of a cancelled case.
    public struct Cancellation: Hashable, Sendable {
        /// Steps that were ended before they were done.
        public let ended: Int
        /// Steps that were opened to undo what was done.
        public let undoing: Int
    }

    /// Ends a case before its end. `compensating` undoes what it has done, in reverse order of stages, as new steps.
    ///
    /// Refused for a leaver's case (`state`: it only goes forward), for one that is over, for undoing where the case
    /// does not allow it, and `busy` while a worker is at one of its steps.
    @discardableResult
    public func cancel(
        _ caseID: String, compensating: Bool, reason: String, actor: String
    ) async throws -> Cancellation {
        try await act(on: caseID, .cancel, reason: reason, actor: actor) { act in
            Act.Effect(value: try act.cancel(compensating: compensating, reason: reason))
        }
    }

    private func act<Value: Sendable>(
        on caseID: String, _ action: ManualAction, reason: String, actor: String,
        _ body: @escaping @Sendable (inout Act) throws -> Act.Effect<Value>
    ) async throws -> Value {
        let now = world.clock.now()
        return try await world.database.write { [world] session in
            let tables = WorkflowTables(session: session, dialect: world.database.dialect)
            let operation = "\(action.rawValue) case `\(caseID)`"
            guard let row = try tables.caseRow(caseID) else {
                throw WorkflowError(code: .unknown, operation: operation, message: "there is no such case")
            }
            let maker = CaseRecords(
                caseID: caseID, identity: row.identity, at: now, actor: actor,
                criticalTargets: world.criticalTargets)
            var act = Act(tables: tables, row: row, now: now, operation: operation, maker: maker)
            act.records.append(.manualAction(maker.context, action: action, reason: reason))
            let effect = try body(&act)
            try tables.releaseWaiting(in: [caseID], now: now)
            act.records += try tables.advance([caseID], at: now)
            try world.append(act.records, session)
            return effect.value
        }
    }
}
