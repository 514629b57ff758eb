import AccessModel
import ConnectorKit

/// A connected system in memory: it keeps facts, and fails on demand as real ones do.
public actor SimulatedTarget: Connector {
    /// One call of `apply`, as the target saw it.
    public struct Call: Hashable, Sendable {
        public let changeID: String
        public let operation: Change.Operation
        public let lane: Change.Lane
        public let key: String
        public let context: ApplyContext
        public let at: Instant
        /// Whether it changed anything.
        public let hadEffect: Bool
    }

    public nonisolated let abilities = TargetAbilities(
        kinds: Set(Fact.Kind.allCases), holdsWorkloadMembers: true, holdsEmptyGroups: true,
        maximumGroupNameLength: 255)

    private let clock: SimulatedClock
    var facts: [String: Fact] = [:]
    var rules: [Rule] = []
    /// What others were asked to do.
    private(set) var proposals: [Change] = []
    var observationFaults: [ObservationFault] = []
    public private(set) var calls: [Call] = []
    public private(set) var observations: [ObservationScope] = []
    public private(set) var mostAtOnce = 0
    private var atOnce = 0
    private var fences: [String: Int64] = [:]
    private var refusesStaleFences = false
    private var onApply: (@Sendable (Change) async -> Void)?

    public init(clock: SimulatedClock, facts: [Fact] = []) {
        self.clock = clock
        self.facts = Dictionary(facts.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public func check() -> TargetHealth { TargetHealth(description: "simulated") }

    /// What holds, by key.
    public var held: [Fact] { facts.values.sorted { $0.key < $1.key } }

    public func holds(_ fact: Fact) -> Bool { facts[fact.key]?.satisfies(fact) ?? false }

    /// Behind everybody's back.
    public func put(_ fact: Fact) { facts[fact.key] = fact }
    public func remove(_ fact: Fact) { facts[fact.key] = nil }

    public func drop(_ fact: Fact) { facts[fact.key] = nil }

    /// Called before each change is looked at, outside of the target.
    public func onApply(_ body: (@Sendable (Change) async -> Void)?) { onApply = body }

    /// Refuses a fencing token that is lower than the highest one seen for the same fact.
    public func refuseStaleFences() { refusesStaleFences = true }

    public func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
        atOnce += 1
        mostAtOnce = max(mostAtOnce, atOnce)
        defer { atOnce -= 1 }
        await onApply?(change)
        await Task.yield()
        let fault = nextFault(for: change)
        if refusesStaleFences, context.fencingToken < fences[change.fact.key, default: 0] {
            throw ConnectorError(code: .conflict, operation: change.id, message: "the fencing token is stale")
        }
        fences[change.fact.key] = max(fences[change.fact.key, default: 0], context.fencingToken)
        return try await carryOut(change, context, fault)
    }

    private func carryOut(
        _ change: Change, _ context: ApplyContext, _ fault: Fault?
    ) async throws(ConnectorError) -> Receipt {
        switch fault {
        case nil: return receipt(perform(change, context))
        case .lie:
            note(change, context, hadEffect: false)
            return receipt(true)
        case .propose:
            note(change, context, hadEffect: false)
            proposals.removeAll { $0.fact.key == change.fact.key }
            proposals.append(change)
            return Receipt(effect: .proposed, requestID: "7", at: clock.now(), note: "pull request 7 proposes it")
        case .loseReply:
            _ = perform(change, context)
            throw ConnectorError(code: .unreachable, operation: change.id, message: "connection reset")
        case .loseRequest:
            note(change, context, hadEffect: false)
            throw ConnectorError(code: .unreachable, operation: change.id, message: "connection refused")
        case .fail(let code, let retryAfter):
            note(change, context, hadEffect: false)
            throw ConnectorError(
                code: code, operation: change.id, message: "injected \(code.rawValue)", retryAfter: retryAfter)
        case .hang(let length):
            note(change, context, hadEffect: false)
            clock.advance(by: length)
            do {
                try await Task.sleep(for: .seconds(3_600))
            } catch is CancellationError {
                // The caller gave up.
            } catch {}
            throw ConnectorError(code: .unreachable, operation: change.id, message: "hung up")
        }
    }

    /// The others do what they were asked for.
    public func takeUp() {
        for change in proposals { facts[change.fact.key] = change.operation == .remove ? nil : change.fact }
        proposals = []
    }

    /// They will not.
    public func refuseProposals() { proposals = [] }

    private func perform(_ change: Change, _ context: ApplyContext) -> Bool {
        let before = facts[change.fact.key]
        switch change.operation {
        case .add, .update: facts[change.fact.key] = change.fact
        case .remove: facts[change.fact.key] = nil
        }
        let hadEffect = before != facts[change.fact.key]
        note(change, context, hadEffect: hadEffect)
        return hadEffect
    }

    private func note(_ change: Change, _ context: ApplyContext, hadEffect: Bool) {
        calls.append(
            Call(
                changeID: change.id, operation: change.operation, lane: change.lane, key: change.fact.key,
                context: context, at: clock.now(), hadEffect: hadEffect))
    }

    private func receipt(_ hadEffect: Bool) -> Receipt {
        Receipt(effect: hadEffect ? .applied : .alreadyHeld, requestID: "sim-\(calls.count)", at: clock.now())
    }

    func noteObservation(_ scope: ObservationScope) { observations.append(scope) }
}
