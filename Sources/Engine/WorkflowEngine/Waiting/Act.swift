import AccessModel
import AuditTrail
import ConnectorKit
import Persistence

/// A person's act on one case, within its transaction.
struct Act {
    struct Effect<Value: Sendable>: Sendable {
        let value: Value
    }

    let tables: WorkflowTables
    let row: CaseRow
    let now: Instant
    let operation: String
    let maker: CaseRecords
    var records: [Record] = []

    private struct Step {
        let reference: StepReference
        let state: StepState
        let change: Change
        let attempts: Int
        let hasEffect: Bool
        let isLeased: Bool

        /// Whether the target may be other than it was because of it.
        var mayHaveChanged: Bool {
            switch state {
            // Where it held already at the first attempt, it is not ours to undo.
            case .applied, .verified: hasEffect || attempts > 1
            case .uncertain, .running, .stalled, .pending: attempts > 0
            case .waiting, .skipped, .cancelled, .abandoned: false
            }
        }
    }

    private func step(_ row: SQLRow, _ caseID: String) throws -> Step {
        guard let state = StepState(rawValue: try row.text(1)) else { throw refusal(.corrupt, "a state is not known") }
        let receipt = try row.optionalText(4).map { try StoredJSON.parse($0, of: "a receipt") }
        return Step(
            reference: StepReference(caseID: caseID, sequence: Int(try row.integer(0))), state: state,
            change: try StoredJSON.change(try row.text(2)), attempts: Int(try row.integer(3)),
            hasEffect: receipt?["effect"]?.string == Receipt.Effect.applied.rawValue,
            isLeased: try row.optionalInstant(5).map { $0 > now } ?? false)
    }

    private static let columns = "seq, state, change, attempts, receipt, lease_until"

    mutating func skip(_ reference: StepReference, reason: String) throws {
        let rows = try tables.session.query(
            "SELECT \(Self.columns) FROM steps WHERE case_id = $1 AND seq = $2", reference.parameters)
        guard let found = rows.first else { throw refusal(.unknown, "it has no step \(reference.sequence)") }
        let step = try step(found, reference.caseID)
        guard !step.state.isFinal else {
            throw refusal(.state, "step \(reference.sequence) is \(step.state.rawValue); nothing is left to skip")
        }
        guard !step.isLeased else { throw busy(1) }
        try tables.end(reference, as: .skipped, problem: nil, now: now)
        var context = maker.context
        context.subject = step.change.identity?.description ?? context.subject
        records.append(.changeSkipped(context, step: reference.sequence, reason: reason))
    }

    mutating func cancel(compensating: Bool, reason: String) throws -> Workflow.Cancellation {
        guard row.kind != .leaver else {
            throw refusal(.state, "a leaver's case only goes forward; retry it, or skip a step with a reason")
        }
        guard !row.isOver else { throw refusal(.state, "it is \(row.state.rawValue) already") }
        if compensating, row.source[WorkflowTables.compensatesMember]?.bool == false {
            throw refusal(.state, "what it did is not to be undone; cancel it without")
        }
        let steps = try tables.session.query(
            "SELECT \(Self.columns) FROM steps WHERE case_id = $1 ORDER BY seq", [.text(row.id)]
        ).map { try step($0, row.id) }
        let leased = steps.count(where: \.isLeased)
        guard leased == 0 else { throw busy(leased) }
        let open = steps.filter { !$0.state.isFinal }
        for step in open {
            try tables.end(
                step.reference, as: .cancelled,
                problem: StepProblem(code: "cancelled", message: "its case was cancelled"), now: now)
            records.append(maker.cancelled(step.reference.sequence, step.change, reason: reason))
        }
        let undoing = compensating ? try undo(steps) : 0
        try tables.move(row.id, to: .cancelled, now: now)
        records.append(
            .caseState(maker.context, kind: row.kind, state: .cancelled, causedAt: row.causedAt))
        return Workflow.Cancellation(ended: open.count, undoing: undoing)
    }

    /// Opens the inverses of what was done, what was done last first.
    private mutating func undo(_ steps: [Step]) throws -> Int {
        let done = steps.filter(\.mayHaveChanged)
        guard let highest = done.map(\.change.stage).max() else { return 0 }
        var sequence = steps.count
        var undoing: [WorkflowTables.NewStep] = []
        for step in done.reversed() {
            guard let inverse = step.change.inverse, try mayUndo(inverse) else { continue }
            sequence += 1
            undoing.append(
                WorkflowTables.NewStep(
                    reference: StepReference(caseID: row.id, sequence: sequence), change: inverse,
                    stage: highest - step.change.stage, after: [], dueAt: now))
        }
        try tables.insert(undoing, now: now)
        records += undoing.map { maker.planned($0) }
        return undoing.count
    }

    /// A decision that was made on the fact since counts more, and nobody who left gets anything back.
    private func mayUndo(_ inverse: Change) throws -> Bool {
        let newer = try tables.session.query(
            """
            SELECT s.seq FROM steps s JOIN cases c ON c.id = s.case_id
            WHERE s.target = $1 AND s.fact_key = $2 AND s.case_id <> $3 AND c.opened_at >= $4
                AND s.state NOT IN ('cancelled', 'skipped') LIMIT 1
            """,
            [.text(inverse.target.text), .text(inverse.fact.key), .text(row.id), .instant(row.openedAt)])
        guard newer.isEmpty else { return false }
        guard inverse.lane == .grant, let identity = inverse.identity else { return true }
        return try tables.session.query(
            "SELECT id FROM cases WHERE identity = $1 AND kind = 'leaver' AND opened_at >= $2 LIMIT 1",
            [.text(identity.description), .instant(row.openedAt)]
        ).isEmpty
    }

    private func busy(_ count: Int) -> WorkflowError {
        refusal(.busy, "a worker is at \(count == 1 ? "a step" : "\(count) steps") of it; try again in a moment")
    }

    private func refusal(_ code: WorkflowError.Code, _ message: String) -> WorkflowError {
        WorkflowError(code: code, operation: operation, message: message)
    }
}
