import AccessModel
import AuditTrail
import Definitions
import Persistence
import Planning
import Policies
import StrictJSON
import WorkflowEngine

/// Decides what goes with windows that have ended, portion by portion, each in a transaction of its own with its cases.
/// While one portion is written down, the next is decided.
actor WindowEnding {
    /// Windows that had ended, whatever was left to do for them.
    private(set) var windows = 0
    private(set) var cases: [String] = []

    private let work: PortionWork
    private let portion: Int
    /// What the portions before left, and the world that they were decided in; nil before the first.
    private var state: (rest: ArraySlice<[AccessWindow]>, world: EndingWorld)?
    /// The decision on the first of the rest.
    private var ahead: Task<EndingDecision, any Error>?

    init(
        context: LifecycleContext, definitions: DefinitionSet, targets: [ConnectedTarget], workflow: Workflow,
        portion: Int
    ) {
        work = PortionWork(context: context, definitions: definitions, targets: targets, workflow: workflow)
        self.portion = portion
    }

    /// Opens the cases of the next portion, and begins what there is room for.
    func openMore(_ room: WorkRoom) async throws -> OpenedPortion {
        let (rest, world) = try await begun()
        guard let windows = rest.first, !world.input.roster.isEmpty else {
            return OpenedPortion(isMoreToCome: false, begun: .none)
        }
        let decision = try await (ahead ?? decide(windows, in: world)).value
        ahead = rest.dropFirst().first.map { decide($0, in: world) }
        let opened = try await work.context.database.transact { [work] session, records in
            try work.open(windows, decision, at: world.generation, room, session, &records)
        }
        cases += opened.cases
        state = (rest.dropFirst(), opened.world)
        return OpenedPortion(isMoreToCome: rest.count > 1, begun: opened.begun)
    }

    /// Beside whatever is being written meanwhile.
    private func decide(_ windows: [AccessWindow], in world: EndingWorld) -> Task<EndingDecision, any Error> {
        Task { [work] in
            // The portion before is being opened, which is no news.
            try await work.context.database.read { session in
                try work.decide(windows, in: world, session, tolerating: 1)
            }
        }
    }

    private func begun() async throws -> (rest: ArraySlice<[AccessWindow]>, world: EndingWorld) {
        if let state { return state }
        let begun = try await work.context.database.read { [work, portion] session in
            let overdue = try WindowStore(session).overdue(at: work.context.now).filter { $0.lostAt == nil }
            return (rest: Self.portions(of: overdue, portion)[...], world: try work.world(session))
        }
        windows = begun.rest.reduce(0) { $0 + $1.count }
        state = begun
        return begun
    }

    /// The longest overdue first; all of one person's in one, so that no portion has to know of another.
    private static func portions(of windows: [AccessWindow], _ size: Int) -> [[AccessWindow]] {
        let byPerson = Dictionary(grouping: windows, by: \.person)
        var seen: Set<PersonID> = []
        var portions: [[AccessWindow]] = []
        for window in windows where seen.insert(window.person).inserted {
            let own = byPerson[window.person] ?? []
            if let last = portions.last, last.count < size {
                portions[portions.count - 1] += own
            } else {
                portions.append(own)
            }
        }
        return portions
    }
}

/// What the portions of one sweep are decided on, but for the windows of the people whom they are about.
struct EndingWorld: Sendable {
    let input: PlanningInput
    let index: PlanningIndex
    /// It holds for as long as nobody decides anything else or is told anything.
    var generation: Int64
}

/// What becomes of a portion of windows.
struct EndingDecision: Sendable {
    /// What it was decided on.
    let world: EndingWorld
    let plan: WindowPlan
    /// The removals of what is known to hold, or is on its way.
    let approved: ApprovedPlan
}

/// What is to go is decided, and then, in one transaction, written down as cases, and marked.
struct PortionWork: Sendable {
    let context: LifecycleContext
    let definitions: DefinitionSet
    let targets: [ConnectedTarget]
    let workflow: Workflow

    struct Opened: Sendable {
        var cases: [String] = []
        var begun = BegunWork.none
        /// For the next portion.
        var world: EndingWorld
    }

    func world(_ session: any SQLSession) throws -> EndingWorld {
        let (now, vouched) = (context.now, context.vouched)
        let input = PlanningInput(
            organization: definitions.organization,
            roster: try PeopleArchive(session).roster(at: now, vouched: vouched, in: definitions),
            recorded: try RecordReader(session, now: now).recordedState(),
            abilities: Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0.abilities) }), now: now,
            vouched: vouched)
        return EndingWorld(
            input: input, index: PlanningIndex(input), generation: try SettingsStore(session).generation())
    }

    /// - Parameters:
    ///   - earlier: Taken as it is where nothing has changed since; otherwise the world is read anew.
    ///   - changes: So many decisions since then are known of, and have nothing to do with these windows. Whether they
    ///     were those is asked when what is decided here is written down.
    func decide(
        _ overdue: [AccessWindow], in earlier: EndingWorld, _ session: any SQLSession, tolerating changes: Int64 = 0
    ) throws -> EndingDecision {
        let known = earlier.generation...earlier.generation + changes
        let isCurrent = known.contains(try SettingsStore(session).generation())
        let world = isCurrent ? earlier : try world(session)
        var input = world.input
        input.grants = try WindowStore(session).unsettled(of: Set(overdue.map(\.person))).map(\.grant)
        let plan = WindowPlan(overdue, input, index: world.index)
        let places = Set(plan.progress(lost: [], at: context).flatMap(\.places))
        return EndingDecision(
            world: world, plan: plan, approved: try endings(places, input, world.index, session))
    }

    /// - Parameters:
    ///   - decision: Made anew where something was decided since.
    ///   - expected: The generation where nobody else decided anything.
    func open(
        _ overdue: [AccessWindow], _ decision: EndingDecision, at expected: Int64, _ room: WorkRoom,
        _ session: any SQLSession,
        _ records: inout [Record]
    ) throws -> Opened {
        let current = try SettingsStore(session).generation()
        let decision = current == expected ? decision : try decide(overdue, in: decision.world, session)
        try WindowProgress(context: context, session: session).note(decision.plan, lost: [], &records)
        var opened = Opened(world: decision.world)
        opened.world.generation = current
        guard !decision.approved.changes.isEmpty else { return opened }
        try SettingsStore(session).advanceGeneration()
        opened.world.generation += 1
        let openings = openings(decision.approved.changes, of: overdue)
        let work = try workflow.open(
            openings, plan: decision.approved, actor: "tenure", at: context.now, in: session, room: room)
        opened.begun = work.begun
        opened.cases = openings.map(\.id)
        return opened
    }

    /// The removals of what is known to hold at the places, or is on its way there.
    private func endings(
        _ places: Set<AccessWindow.Place>, _ input: PlanningInput, _ index: PlanningIndex, _ session: any SQLSession
    ) throws -> ApprovedPlan {
        let keys = Dictionary(grouping: places, by: \.target).mapValues { $0.map(\.key) }
        let underway = try workflow.underway(on: keys, in: session)
        let leaving = Set(underway.filter { $0.change.lane == .revoke }.map(\.change.id))
        var facts = try HoldingStore(session).held(Array(places))
        for change in underway.map(\.change) where change.lane == .grant {
            facts[AccessWindow.Place(target: change.target, key: change.fact.key)] = change.fact
        }
        var observations: [Slug: TargetObservation] = [:]
        for target in targets {
            let known = facts.filter { $0.key.target == target.name }.sorted { $0.key.key < $1.key.key }
            observations[target.name] = TargetObservation(
                facts: known.map(\.value), isComplete: false, partialReason: "as last seen")
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

    /// A case for each broken glass; all other ends of a portion in one, because there may be thousands in a second.
    private func openings(_ changes: [Change], of windows: [AccessWindow]) -> [CaseOpening] {
        let emergencies = Set(windows.lazy.filter(\.isEmergency).map(\.id))
        let groups = Dictionary(grouping: changes) { change in
            change.grantIDs.first { emergencies.contains($0) } ?? ""
        }
        return groups.sorted { $0.key < $1.key }.map { activation, changes in
            let people = Set(changes.compactMap(\.identity))
            let first = changes.compactMap(\.grantEnd).min() ?? context.now
            let cause = changes.first?.causes.first?.json ?? .null
            return CaseOpening(
                id: activation.isEmpty ? "access-\(context.newID())" : "\(activation).\(context.newID())",
                kind: .access, identity: people.count == 1 ? people.first : nil, causedAt: min(first, context.now),
                changes: changes,
                source: activation.isEmpty ? ["cause": cause] : ["cause": cause, "event": .string(activation)])
        }
    }
}
