import AccessModel
import Persistence

/// One run over all lanes of all targets. A lane's turns are one after another, lanes side by side, so no target waits
/// for another.
struct QuiescentRun: Sendable {
    let world: WorkflowWorld
    let deadline: Instant
    /// Opens more while what is open already runs; nil where nothing is opened by this run.
    var opening: WorkOpening?
    let progress: @Sendable (RunProgress) -> Void

    private enum Event: Sendable {
        case wave(TargetLane, Wave.Report)
        case finished(WaveCount, last: String)
        case time(Instant)
        case opened(OpenedPortion)
    }

    func run() async throws -> RunSummary {
        var summary = RunSummary()
        let remaining = try await world.database.read { [world] session in
            try WorkflowTables(session: session, dialect: world.database.dialect)
                .unfinishedCount(in: world.targets.keys)
        }
        var counted = WaveCount()
        var lanes = LaneSchedule(ready: allLanes)
        var isOpening = opening != nil
        var unfinished = UnfinishedWaves()
        var begun = BegunWaves()
        try await withThrowingTaskGroup(of: Event.self) { group in
            defer { group.cancelAll() }
            openMore(begun, in: &group)
            while true {
                // One that is told to stop takes nothing new; what it has in hand is finished, or handed back.
                let isStopping = Task.isCancelled
                start(&begun, &lanes, isOpening: isOpening, in: &group)
                if !isStopping { start(&lanes, isOpening: isOpening, in: &group) }
                finish(&unfinished, isOpening: isOpening && !isStopping, in: &group)
                if lanes.active.isEmpty, !isOpening, unfinished.isEmpty, begun.isEmpty {
                    try Task.checkCancellation()
                    guard let next = try await nextLook(lanes) else { return }
                    try await world.clock.sleep(until: next)
                    lanes.wake { _, _ in true }
                    continue
                }
                if !isStopping { setAlarm(&lanes, in: &group) }
                guard let event = try await group.next() else { return }
                if case .opened(let portion) = event {
                    isOpening = portion.isMoreToCome && !isStopping
                    begun.add(portion.begun)
                    start(&begun, &lanes, isOpening: isOpening, in: &group)
                    if isOpening { openMore(begun, in: &group) }
                }
                if case .wave(_, .told(let told)) = event { unfinished.waiting.append(told) }
                if case .finished = event { unfinished.isAtWork = false }
                if let last = handle(event, &lanes, &counted) {
                    let total = max(remaining, counted.ended)
                    progress(RunProgress(done: counted.ended, total: total, description: last))
                }
            }
        }
        summary.sent = counted.sent
        summary.verified = counted.verified
        summary.failedAttempts = counted.failed
        return try await finish(summary)
    }

    private var allLanes: [TargetLane] {
        let targets = world.targets.values.filter(\.isEnforced).sorted {
            ($0.isCritical ? 0 : 1, $0.name) < ($1.isCritical ? 0 : 1, $1.name)
        }
        return [Change.Lane.revoke, .grant].flatMap { lane in
            targets.map { TargetLane(target: $0.name, lane: lane) }
        }
    }

    /// What was begun as it was opened goes first: it is in hand already, and its lease runs.
    private func start(
        _ begun: inout BegunWaves, _ lanes: inout LaneSchedule, isOpening: Bool,
        in group: inout ThrowingTaskGroup<Event, any Error>
    ) {
        for (target, claim) in begun.next(besides: lanes.active) {
            let lane = TargetLane(target: target, lane: .revoke)
            guard let definition = world.targets[target], let gate = world.gates[target] else { continue }
            lanes.begin(lane)
            let wave = Wave(
                world: world, lane: lane, target: definition, gate: gate, finishesLater: isOpening, begun: claim)
            group.addTask { .wave(lane, try await wave.run()) }
        }
    }

    /// What is being opened may take back what older cases were to give: until all of it is there, nothing is given.
    private func start(
        _ lanes: inout LaneSchedule, isOpening: Bool, in group: inout ThrowingTaskGroup<Event, any Error>
    ) {
        let held = lanes.ready.filter { isOpening && $0.lane == .grant }
        for lane in lanes.ready where !held.contains(lane) {
            guard let target = world.targets[lane.target], let gate = world.gates[lane.target] else { continue }
            lanes.active.insert(lane)
            let wave = Wave(
                world: world, lane: lane, target: target, gate: gate, finishesLater: isOpening && tellsFirst)
            group.addTask { .wave(lane, try await wave.run()) }
        }
        lanes.ready = held
    }

    /// While more is being opened, telling goes before writing down: who loses access does not wait for the records of
    /// others. What was sent and not written down stays within bounds. Should its lease end before that, or the run be ended by an
    /// error, whoever takes it next reads it back first.
    private func finish(
        _ unfinished: inout UnfinishedWaves, isOpening: Bool, in group: inout ThrowingTaskGroup<Event, any Error>
    ) {
        guard let told = unfinished.next(keeping: isOpening ? Self.unfinishedSteps : 0) else { return }
        group.addTask { .finished(try await told.finish(), last: told.last) }
    }

    private static let unfinishedSteps = 16_384

    /// PostgreSQL plans claims without knowing how many steps are in hand, and reads all of them for each: there it takes
    /// three times as long as writing down in between.
    private var tellsFirst: Bool { world.database.dialect == .sqlite }

    /// - Parameter begun: What was begun before and is not on its way yet.
    private func openMore(_ begun: BegunWaves, in group: inout ThrowingTaskGroup<Event, any Error>) {
        guard let opening else { return }
        let targets = world.targets.values.filter { $0.isEnforced && !begun.isFull($0.name) }
        group.addTask { .opened(try await opening(await room(of: targets))) }
    }

    private func room(of targets: [WorkflowTarget]) async -> WorkRoom {
        var limits: [Slug: Int] = [:]
        for target in targets {
            let size = Wave.size(batch: world.settings.batch, requestsPerSecond: target.requestsPerSecond)
            guard case .some(let limit)? = await world.gates[target.name]?.room(for: .revoke, upTo: size) else {
                continue
            }
            limits[target.name] = limit
        }
        return WorkRoom(limits: limits)
    }

    /// When to look again though nothing is due; nil when nothing comes before the deadline.
    ///
    /// What another worker has in hand is done long before its lease runs out, as a rule, and may be what is waited
    /// for here.
    private func nextLook(_ lanes: LaneSchedule) async throws -> Instant? {
        let due = lanes.nextDue.flatMap { $0 <= deadline ? $0 : nil }
        let now = world.clock.now()
        guard now < deadline else { return due }
        let others = try await world.database.read { [world, targets = enforcedTargets] session in
            try WorkflowTables(session: session, dialect: world.database.dialect)
                .hasLease(notOf: world.settings.owner, in: targets, at: now)
        }
        guard others else { return due }
        let poll = min(now + world.settings.pollInterval, deadline)
        return min(due ?? poll, poll)
    }

    private var enforcedTargets: [Slug] { world.targets.values.filter(\.isEnforced).map(\.name) }

    /// While some lanes are busy the others are not forgotten, nor what other processes have opened meanwhile.
    private func setAlarm(_ lanes: inout LaneSchedule, in group: inout ThrowingTaskGroup<Event, any Error>) {
        let poll = world.clock.now() + world.settings.pollInterval
        let next = min(lanes.nextDue ?? poll, poll)
        guard lanes.alarm.map({ next < $0 }) ?? true, !lanes.idle.isEmpty else { return }
        lanes.alarm = next
        group.addTask { [clock = world.clock] in
            do {
                try await clock.expire(at: next)
            } catch is CancellationError {
                // The run is over.
            }
            return .time(next)
        }
    }

    /// What was worked on last, if anything was.
    private func handle(_ event: Event, _ lanes: inout LaneSchedule, _ counted: inout WaveCount) -> String? {
        switch event {
        case .time(let moment):
            if lanes.alarm == moment { lanes.alarm = nil }
            lanes.wake { _, _ in true }
            return nil
        case .opened(let portion):
            // Where all of it was begun there is nothing to look for, until the last of it is opened.
            if portion.begun.leftSome || portion.begun.steps.isEmpty || !portion.isMoreToCome { lanes.lookAgain() }
            return nil
        case .wave(let lane, .idle(let until)):
            lanes.rest(lane, until: until)
            return nil
        case .wave(let lane, .worked(let count, let last)):
            lanes.goOn(lane)
            counted += count
            return last
        case .wave(let lane, .told(let told)):
            if told.wave.begun == nil { lanes.goOn(lane) } else { lanes.rest(lane, until: nil) }
            return nil
        case .finished(let count, let last):
            lanes.lookAgain()
            counted += count
            return last
        }
    }

    private func finish(_ summary: RunSummary) async throws -> RunSummary {
        try await world.database.read { [world, targets = enforcedTargets] session in
            var summary = summary
            let tables = WorkflowTables(session: session, dialect: world.database.dialect)
            (summary.stalled, summary.stalledCount) = try tables.unfinished([.stalled], in: targets).pair
            let waiting: [StepState] = [.waiting, .pending, .uncertain, .applied, .running]
            (summary.waiting, summary.waitingCount) = try tables.unfinished(waiting, in: targets).pair
            summary.waitingUntil = summary.waiting.compactMap(\.until).min()
            return summary
        }
    }
}
