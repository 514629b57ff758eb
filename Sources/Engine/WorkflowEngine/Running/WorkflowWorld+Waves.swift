import AccessModel
import AuditTrail
import Persistence

/// The transactions of all waves that come to them at the same time.
extension WorkflowWorld {
    /// Takes steps for each of the lanes; the attempts that begin are on record with it.
    func claim(_ claims: [LaneClaim]) async throws -> [Wave.Claim] {
        let now = clock.now()
        let terms = LeaseTerms(owner: settings.owner, now: now, until: now + settings.lease)
        return try await database.write { session in
            let tables = WorkflowTables(session: session, dialect: database.dialect, changes: changes)
            let steps = try tables.claim(claims, lease: terms)
            let attempts = steps.joined().filter { $0.origin != .applied }
            if !attempts.isEmpty, has(.journal) { try append(self.attempts(attempts, at: now), session) }
            let idle = claims.indices.filter { steps[$0].isEmpty }
            let due = Dictionary(
                uniqueKeysWithValues: zip(idle, try tables.nextDue(idle.map { claims[$0].lane }, after: now)))
            return claims.indices.map { index in
                Wave.Claim(steps: steps[index], nextDue: due[index] ?? nil, until: terms.until)
            }
        }
    }

    /// Writes down what each of the waves found out.
    func settle(_ results: [WaveResult]) async throws -> [WaveCount] {
        let now = clock.now()
        let settled = try await database.write { session in
            if !has(.journal) {
                try append(attempts(results.flatMap { $0.running.map(\.step) }, at: now), session)
            }
            var settlement = Settlement(
                tables: WorkflowTables(session: session, dialect: database.dialect, isFenced: has(.fencing)),
                policy: policy, now: now, criticalTargets: criticalTargets)
            let counts = try settlement.settle(results)
            if !settlement.verified.isEmpty { try onVerified(settlement.verified, session) }
            if !settlement.records.isEmpty { try append(settlement.records, session) }
            return Settled(counts: counts, news: settlement.news)
        }
        for news in settled.news { observer(news) }
        return settled.counts
    }

    private struct Settled: Sendable {
        let counts: [WaveCount]
        let news: [StepNews]
    }

    func attempts(_ steps: [ClaimedStep], at now: Instant) -> [Record] {
        steps.map { step in
            CaseRecords(
                caseID: step.reference.caseID, identity: step.change.identity, at: now,
                criticalTargets: criticalTargets
            ).attempt(step)
        }
    }
}
