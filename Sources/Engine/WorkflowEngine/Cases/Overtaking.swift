import AccessModel
import Persistence

/// Ends steps of older cases that new cases contradict: of two decisions on one fact the later one counts, and a
/// leaver gets nothing that was still on its way.
struct Overtaking {
    struct Ended {
        let reference: StepReference
        let change: Change
    }

    let tables: WorkflowTables
    let now: Instant
    /// Where older steps are that are not over, or were overtaken while they were sent.
    private(set) var busy: Set<FactPlace> = []
    /// By the case that was the reason.
    private(set) var ended: [String: [Ended]] = [:]

    init(tables: WorkflowTables, now: Instant) {
        self.tables = tables
        self.now = now
    }

    private static let open = WorkflowTables.list([.waiting, .pending, .running, .uncertain, .applied, .stalled])

    /// A step of an older case that is not done.
    private struct Older {
        let reference: StepReference
        let state: StepState?
        let change: Change
        let mayHaveArrived: Bool

        static let columns = "s.case_id, s.seq, s.state, s.change, s.attempts"

        init(_ row: SQLRow) throws {
            reference = StepReference(caseID: try row.text(0), sequence: Int(try row.integer(1)))
            state = StepState(rawValue: try row.text(2))
            change = try StoredJSON.change(try row.text(3))
            mayHaveArrived = try row.integer(4) > 0
        }
    }

    /// - Parameter drafts: No two of them on one fact.
    mutating func endContradicted(by drafts: [OpeningDraft]) throws {
        var deciding: [FactPlace: (caseID: String, changes: [Change])] = [:]
        for draft in drafts {
            for change in draft.changes {
                deciding[FactPlace(change), default: (draft.opening.id, [])].changes.append(change)
            }
        }
        for older in try olderSteps(on: deciding.keys) {
            busy.insert(FactPlace(older.change))
            guard older.state != .abandoned, let (caseID, changes) = deciding[FactPlace(older.change)] else { continue }
            let isContradicted = changes.contains { change in
                // What had stalled is tried anew by the newer case, and by it alone.
                older.state == .stalled || older.change.operation != change.operation
                    || older.change.fact != change.fact
            }
            if isContradicted { try end(older, by: caseID) }
        }
    }

    private func olderSteps(on places: some Sequence<FactPlace>) throws -> [Older] {
        let rows = try tables.session.query(
            "SELECT \(Older.columns) FROM steps s WHERE s.target = $1 AND s.fact_key = $2 "
                + "AND s.state IN (\(Self.open), 'abandoned')",
            batch: places.map { [.text($0.target), .text($0.key)] })
        var found: [StepReference: Older] = [:]
        for older in try rows.joined().map(Older.init) { found[older.reference] = older }
        return found.values.sorted { $0.reference < $1.reference }
    }

    /// Ends every grant to somebody who leaves that is not done, and adds to the leaver's case the inverse of those
    /// that may have reached their target since its plan was made.
    mutating func endGrantsOfLeavers(in drafts: inout [OpeningDraft]) throws {
        for index in drafts.indices where drafts[index].opening.kind == .leaver {
            guard let identity = drafts[index].opening.identity else { continue }
            let rows = try tables.session.query(
                """
                SELECT \(Older.columns) FROM steps s
                WHERE s.lane = 'grant' AND s.identity = $1 AND s.state IN (\(Self.open)) ORDER BY s.case_id, s.seq
                """, [.text(identity.description)])
            var own = Set(drafts[index].changes.map(FactPlace.init))
            for older in try rows.map(Older.init) {
                try end(older, by: drafts[index].opening.id)
                guard older.mayHaveArrived, let inverse = older.change.inverse,
                    own.insert(FactPlace(older.change)).inserted
                else { continue }
                drafts[index].changes.append(inverse)
            }
        }
    }

    private mutating func end(_ older: Older, by caseID: String) throws {
        let problem = StepProblem.superseded(by: caseID)
        if older.state == .running {
            try tables.abandon(older.reference, problem: problem, now: now)
        } else {
            try tables.end(older.reference, as: .cancelled, problem: problem, now: now)
        }
        ended[caseID, default: []].append(Ended(reference: older.reference, change: older.change))
    }
}
