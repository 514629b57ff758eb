import AccessModel
import AuditTrail
import ConnectorKit
import Persistence
import WorkflowEngine

/// Asks every target what a leaver still has, after everything was taken: the proof, not the intention.
struct Farewell {
    let context: LifecycleContext
    let targets: [ConnectedTarget]
    let workflow: Workflow

    func check(_ openings: [CaseOpening]) async throws -> [ApplyOutcome.Departure] {
        let leavers = openings.compactMap { opening in
            opening.identity?.person.map {
                Leaving(
                    person: $0, caseID: opening.id, causedAt: opening.causedAt,
                    takesAccess: !opening.changes.allSatisfy(isDisposal))
            }
        }
        guard !leavers.isEmpty else { return [] }
        let identities = Set(leavers.map { IdentityID.person($0.person) })
        let sights = await TargetObserver(targets: targets).observe(
            .only(identities: identities, accountNames: [], groups: []))
        var revokedAt: [String: Instant] = [:]
        for leaving in leavers {
            let timeline = try await workflow.show(leaving.caseID)?.timeline ?? []
            revokedAt[leaving.caseID] = timeline.first { $0.state == .validated }?.at
        }
        return try await context.database.transact { [revokedAt] _, records in
            leavers.map { departure(of: $0, sights, revokedAt: revokedAt[$0.caseID], &records) }
        }
    }

    private struct Leaving: Sendable {
        let person: PersonID
        let caseID: String
        let causedAt: Instant
        let takesAccess: Bool
    }

    private func departure(
        of leaving: Leaving, _ sights: [TargetObserver.Sight], revokedAt: Instant?, _ records: inout [Record]
    ) -> ApplyOutcome.Departure {
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
        return ApplyOutcome.Departure(
            person: leaving.person, caseID: leaving.caseID,
            timeToRevoke: leaving.takesAccess ? revokedAt.map { $0 - leaving.causedAt } : nil,
            residual: residual, unknown: unknown)
    }

    /// An account that was disabled long ago is deleted: no access goes with it.
    private func isDisposal(_ change: Change) -> Bool {
        guard change.operation == .remove, case .account(let account) = change.fact else { return false }
        return account.state == .disabled
    }

    /// A disabled account is not access; whatever else is theirs is.
    private func isAccess(_ fact: Fact, of person: PersonID) -> Bool {
        guard fact.identity == .person(person) else { return false }
        if case .account(let account) = fact { return account.state == .active }
        return true
    }
}
