import AccessModel
import AuditTrail
import Definitions
import Persistence
import Planning
import Policies
import StrictJSON
import WorkflowEngine

extension Reconciler {
    /// What a sweep did.
    public struct Sweep: Sendable {
        /// Windows that had ended and were still to be seen somewhere.
        public let windows: Int
        public let summary: RunSummary
        public let cases: [String]
    }

    /// Whether a window has ended and is not closed.
    public func isAnythingOverdue() async throws -> Bool {
        let now = context.now
        return try await context.database.read { session in try !WindowStore(session).overdue(at: now).isEmpty }
    }

    /// Takes away, from the record alone, what windows gave that have ended: no target is listed first, so none that
    /// is down keeps another one waiting. What a dead target still holds is tried again until it answers.
    ///
    /// Nil where nothing was overdue.
    public func sweep(_ definitions: DefinitionSet, patience: Span = .zero) async throws -> Sweep? {
        guard try await isAnythingOverdue() else { return nil }
        let targets = connect(definitions.organization)
        let workflow = workflow(for: targets)
        let opened = try await context.database.transact { session, records in
            try openEnds(definitions, targets, workflow, session, &records)
        }
        let summary = try await workflow.runUntilQuiescent(budget: patience)
        try await settleWindows()
        for target in targets { await target.close() }
        return Sweep(windows: opened.windows, summary: summary, cases: opened.cases)
    }

    /// Moves windows on by what has been read back since.
    func settleWindows() async throws {
        let context = context.at(clock.now())
        let isDue = try await context.database.read { session in
            try WindowStore(session).unsettled().contains { $0.state != .scheduled && $0.state != .open }
        }
        guard isDue else { return }
        try await context.database.transact { session, records in
            try WindowProgress(context: context, session: session).settle(&records)
        }
    }

    private struct OpenedEnds: Sendable {
        let windows: Int
        let cases: [String]
    }

    /// One transaction: what is to go is decided, written down as cases, and marked.
    private func openEnds(
        _ definitions: DefinitionSet, _ targets: [ConnectedTarget], _ workflow: Workflow, _ session: any SQLSession,
        _ records: inout [Record]
    ) throws -> OpenedEnds {
        let now = context.now
        let overdue = try WindowStore(session).overdue(at: now).filter { $0.lostAt == nil }
        guard !overdue.isEmpty else { return OpenedEnds(windows: 0, cases: []) }
        let people = Set(overdue.map(\.person))
        let input = PlanningInput(
            organization: definitions.organization,
            roster: try PeopleArchive(session).roster(at: now, in: definitions),
            grants: try WindowStore(session).unsettled(of: people).map(\.grant),
            recorded: try RecordReader(session, now: now).recordedState(),
            abilities: Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0.abilities) }), now: now)
        guard !input.roster.isEmpty else { return OpenedEnds(windows: 0, cases: []) }
        let index = PlanningIndex(input)
        let plan = WindowPlan(overdue, input, index: index)
        try WindowProgress(context: context, session: session).note(plan, lost: [], &records)
        let places = Set(plan.progress(lost: [], at: now).flatMap(\.places))
        let changes = try endings(places, input, index, targets, workflow, session)
        guard !changes.changes.isEmpty else { return OpenedEnds(windows: overdue.count, cases: []) }
        try SettingsStore(session).advanceGeneration()
        let openings = Self.openings(changes.changes, of: overdue, now: now, newID: context.newID)
        _ = try workflow.open(openings, plan: changes, actor: "tenure", at: now, in: session)
        return OpenedEnds(windows: overdue.count, cases: openings.map(\.id))
    }

    /// The removals of what is known to hold at the places, or is on its way there.
    private func endings(
        _ places: Set<AccessWindow.Place>, _ input: PlanningInput, _ index: PlanningIndex, _ targets: [ConnectedTarget],
        _ workflow: Workflow, _ session: any SQLSession
    ) throws -> ApprovedPlan {
        let underway = try workflow.underway(in: session)
        let leaving = Set(underway.filter { $0.change.lane == .revoke }.map(\.change.id))
        var facts = try HoldingStore(session).held(Array(places))
        for change in underway.map(\.change) where change.lane == .grant {
            let place = AccessWindow.Place(target: change.target, key: change.fact.key)
            if places.contains(place) { facts[place] = change.fact }
        }
        var observations: [Slug: TargetObservation] = [:]
        for target in targets {
            let known = facts.filter { $0.key.target == target.name }.values.sorted { $0.key < $1.key }
            observations[target.name] = TargetObservation(
                facts: known, isComplete: false, partialReason: "as last seen")
        }
        let planned = try Planner.plan(
            input, observations: observations, narrowedTo: Set(facts.values.compactMap(\.identity?.person)),
            index: index)
        let own = planned.plan.changes.filter { change in
            change.lane == .revoke && !change.isCounted && !leaving.contains(change.id)
                && places.contains(AccessWindow.Place(target: change.target, key: change.fact.key))
        }
        let plan = Plan(
            hash: planned.plan.hash, changes: own, blastRadius: planned.plan.blastRadius,
            definitionsRevision: planned.plan.definitionsRevision, plannedAt: planned.plan.plannedAt, notes: [],
            reportedOnly: planned.plan.reportedOnly)
        return PolicySet.builtIn.judge(plan, organization: input.organization).approved
    }

    /// A case for each broken glass; all other ends of a sweep in one, because there may be thousands in a second.
    private static func openings(
        _ changes: [Change], of windows: [AccessWindow], now: Instant, newID: () -> String
    ) -> [CaseOpening] {
        let emergencies = Set(windows.lazy.filter(\.isEmergency).map(\.id))
        let groups = Dictionary(grouping: changes) { change in
            change.grantIDs.first { emergencies.contains($0) } ?? ""
        }
        return groups.sorted { $0.key < $1.key }.map { activation, changes in
            let people = Set(changes.compactMap(\.identity))
            let first = changes.compactMap(\.grantEnd).min() ?? now
            let cause = changes.first?.causes.first?.json ?? .null
            return CaseOpening(
                id: activation.isEmpty ? "access-\(newID())" : "\(activation).\(newID())", kind: .access,
                identity: people.count == 1 ? people.first : nil, causedAt: min(first, now), changes: changes,
                source: activation.isEmpty ? ["cause": cause] : ["cause": cause, "event": .string(activation)])
        }
    }
}

extension Change {
    /// The windows that it is because of.
    var grantIDs: [String] {
        causes.compactMap { cause in
            if case .grant(let id, _) = cause { id } else { nil }
        }
    }

    /// When the last of them ends; nil where anything else is behind it.
    var grantEnd: Instant? {
        var last: Instant?
        for cause in causes {
            guard case .grant(_, let until) = cause else { return nil }
            last = max(last ?? until, until)
        }
        return last
    }
}
