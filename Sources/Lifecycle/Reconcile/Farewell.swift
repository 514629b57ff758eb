import AccessModel
import AuditTrail
import ConnectorKit
import Persistence
import WorkflowEngine

/// Asks every target what a leaver still has, after everything was taken: the proof, not the intention.
struct Farewell {
    let context: LifecycleContext
    let targets: [ConnectedTarget]

    func check(_ openings: [CaseOpening]) async throws -> [ApplyOutcome.Departure] {
        let leavers = openings.compactMap { opening in
            opening.identity?.person.map { Leaving(person: $0, caseID: opening.id, causedAt: opening.causedAt) }
        }
        guard !leavers.isEmpty else { return [] }
        let identities = Set(leavers.map { IdentityID.person($0.person) })
        let sights = await TargetObserver(targets: targets).observe(
            .only(identities: identities, accountNames: [], groups: []))
        return try await context.database.write { session in
            var records: [Record] = []
            let departures = try leavers.map { try departure(of: $0, sights, session, &records) }
            try AuditLog(session).append(records)
            return departures
        }
    }

    private struct Leaving: Sendable {
        let person: PersonID
        let caseID: String
        let causedAt: Instant
    }

    private func departure(
        of leaving: Leaving, _ sights: [TargetObserver.Sight], _ session: any SQLSession, _ records: inout [Record]
    ) throws -> ApplyOutcome.Departure {
        var residual: [Slug: Int] = [:]
        var unknown: [Slug] = []
        for sight in sights {
            guard let observation = sight.observation, observation.isComplete else {
                unknown.append(sight.target)
                continue
            }
            let count = observation.facts.count { isAccess($0, of: leaving.person) }
            residual[sight.target] = count
            records.append(
                .residualChecked(
                    context.ownRecord(about: leaving.person.text, caseID: leaving.caseID), person: leaving.person,
                    target: sight.target, residual: count))
        }
        let timeline = try CaseStore(session).find(leaving.caseID)?.timeline ?? []
        let revoked = timeline.first { $0.state == .validated }
        return ApplyOutcome.Departure(
            person: leaving.person, caseID: leaving.caseID, timeToRevoke: revoked.map { $0.at - leaving.causedAt },
            residual: residual, unknown: unknown)
    }

    /// A disabled account is not access; whatever else is theirs is.
    private func isAccess(_ fact: Fact, of person: PersonID) -> Bool {
        guard fact.identity == .person(person) else { return false }
        if case .account(let account) = fact { return account.state == .active }
        return true
    }
}
