import AccessModel
import AuditTrail
import ConnectorKit

/// One turn of one lane of one target: claim, send, write down, read back, write down.
struct Wave: Sendable {
    enum Report: Sendable {
        /// Nothing to claim; when the clock alone brings something.
        case idle(until: Instant?)
        case worked(WaveCount, last: String)
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

    func run() async throws -> Report {
        let claim: Claim
        switch await gate.room(for: lane.lane, upTo: limit) {
        case .none(let until): return .idle(until: until)
        case .some(let limit): claim = try await self.claim(limit)
        }
        guard let last = claim.steps.last else { return .idle(until: claim.nextDue) }
        try await world.crashPoint(.afterClaim)

        let before = await readBackFirst(claim.steps)
        let sent = try await send(before.toSend, until: claim.until)
        var count = WaveCount()
        count.sent = sent.count { if case .notSent = $0.outcome { false } else { true } }
        let accepted = sent.filter { if case .accepted = $0.outcome { true } else { false } }.map(\.step)
        try await world.crashPoint(.beforeResults)
        count += try await settle(running: sent + before.running, applied: before.applied)
        try await world.crashPoint(.afterResults)
        if !accepted.isEmpty {
            try await world.crashPoint(.beforeReadBack)
            let findings = await readBack(accepted)
            try await world.crashPoint(.afterReadBack)
            let settled = zip(accepted, findings).map { SettledStep(step: $0, outcome: $1.outcome) }
            try await world.crashPoint(.beforeVerified)
            count += try await settle(running: [], applied: settled)
            try await world.crashPoint(.afterVerified)
        }
        return .worked(count, last: last.change.id)
    }

    /// So many that a wave ends in about ten seconds, and a newly opened revocation or a fence is not far.
    private var limit: Int { min(world.settings.batch, max(8, Int(min(target.requestsPerSecond * 10, 100_000)))) }

    private func claim(_ limit: Int) async throws -> Claim {
        try await world.crashPoint(.beforeClaim)
        let now = world.clock.now()
        let terms = LeaseTerms(owner: world.settings.owner, now: now, until: now + world.settings.lease)
        return try await world.database.write { [world, lane] session in
            let tables = WorkflowTables(session: session, dialect: world.database.dialect)
            let steps = try tables.claim(lane, limit: limit, lease: terms)
            let attempts = steps.filter { $0.origin != .applied }
            if !attempts.isEmpty, world.has(.journal) { try world.append(self.attempts(attempts, at: now), session) }
            let nextDue = steps.isEmpty ? try tables.nextDue(lane, after: now) : nil
            return Claim(steps: steps, nextDue: nextDue, until: terms.until)
        }
    }

    private func attempts(_ steps: [ClaimedStep], at now: Instant) -> [Record] {
        steps.map { step in
            CaseRecords(
                caseID: step.reference.caseID, identity: step.change.identity, at: now,
                criticalTargets: world.criticalTargets
            ).attempt(step)
        }
    }

    private func settle(running: [SettledStep], applied: [SettledStep]) async throws -> WaveCount {
        guard !running.isEmpty || !applied.isEmpty else { return WaveCount() }
        let now = world.clock.now()
        let draws = (0..<running.count + applied.count).map { _ in world.random.unit() }
        return try await world.database.write { [world] session in
            if !world.has(.journal) { try world.append(attempts(running.map(\.step), at: now), session) }
            var settlement = Settlement(
                tables: WorkflowTables(
                    session: session, dialect: world.database.dialect, isFenced: world.has(.fencing)),
                policy: world.policy, now: now, criticalTargets: world.criticalTargets,
                leaseUntil: now + world.settings.lease, draws: draws)
            try settlement.settle(running: running, applied: applied)
            if !settlement.verified.isEmpty { try world.onVerified(settlement.verified, session) }
            if !settlement.records.isEmpty { try world.append(settlement.records, session) }
            return settlement.count
        }
    }
}
