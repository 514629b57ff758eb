import AccessModel
import ConnectorKit

/// One turn of one lane of one target: claim, send, read back, write down.
struct Wave: Sendable {
    enum Report: Sendable {
        /// Nothing to claim; when the clock alone brings something.
        case idle(until: Instant?)
        case worked(WaveCount, last: String)
        /// Sent, and to be finished by whoever asked for that.
        case told(Told)
    }

    /// What was sent and is still to be read back and written down.
    struct Told: Sendable {
        let wave: Wave
        let before: ReadFirst
        let sent: [SentStep]
        let last: String

        var count: Int { sent.count + before.running.count + before.applied.count }

        /// Reads back, and writes down.
        func finish() async throws -> WaveCount { try await wave.finish(self) }
    }

    struct Claim: Sendable {
        let steps: [ClaimedStep]
        let nextDue: Instant?
        let until: Instant
    }

    let world: WorkflowWorld
    let lane: TargetLane
    let target: WorkflowTarget
    let gate: TargetGate
    /// Whether others are told before what this one was told is read back and written down.
    var finishesLater = false
    /// What was begun as it was opened; nil where steps are to be looked for.
    var begun: Claim?

    func run() async throws -> Report {
        let claim: Claim
        if let begun {
            claim = begun
        } else {
            switch await gate.room(for: lane.lane, upTo: limit) {
            case .none(let until): return .idle(until: until)
            case .some(let limit): claim = try await self.claim(limit)
            }
        }
        guard let last = claim.steps.last else { return .idle(until: claim.nextDue) }
        try await world.crashPoint(.afterClaim)

        let before = await readBackFirst(claim.steps)
        let sent = try await send(before.toSend, until: claim.until)
        let told = Told(wave: self, before: before, sent: sent, last: last.change.id)
        return finishesLater ? .told(told) : .worked(try await finish(told), last: told.last)
    }

    private func finish(_ told: Told) async throws -> WaveCount {
        let running = try await readBack(told.sent) + told.before.running
        var result = WaveResult(running: running, applied: told.before.applied)
        result.draws = (0..<result.running.count + result.applied.count).map { _ in world.random.unit() }
        try await world.crashPoint(.beforeResults)
        var count = try await settle(result)
        count.sent = told.sent.count { $0.wasCalled }
        try await world.crashPoint(.afterResults)
        return count
    }

    /// So many that a wave ends in about ten seconds, and a newly opened revocation or a fence is not far.
    private var limit: Int { Self.size(batch: world.settings.batch, requestsPerSecond: target.requestsPerSecond) }

    static func size(batch: Int, requestsPerSecond: Double) -> Int {
        min(batch, max(8, Int(min(requestsPerSecond * 10, 100_000))))
    }

    private func claim(_ limit: Int) async throws -> Claim {
        try await world.crashPoint(.beforeClaim)
        return try await world.claims.ask(LaneClaim(lane: lane, limit: limit)) { [world] claims in
            try await world.claim(claims).map { .success($0) }
        }
    }

    private func settle(_ result: WaveResult) async throws -> WaveCount {
        try await world.settlements.ask(result) { [world] results in
            try await world.settle(results).map { .success($0) }
        }
    }
}
