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

    /// Those of this apply, and those of applies that were interrupted before they came to it.
    func check() async throws -> [ApplyOutcome.Departure] {
        var leavers: [Leaving] = []
        for id in try await context.database.read({ try FarewellList($0).caseIDs() }) {
            guard let report = try await workflow.show(id), let person = report.summary.identity?.person else {
                continue
            }
            leavers.append(
                Leaving(
                    person: person, caseID: id, causedAt: report.summary.causedAt,
                    takesAccess: !report.changes.allSatisfy { isDisposal($0.change) },
                    revokedAt: report.timeline.first { $0.state == .validated }?.at))
        }
        guard !leavers.isEmpty else { return [] }
        let identities = Set(leavers.map { IdentityID.person($0.person) })
        let sights = await TargetObserver(targets: targets).observe(
            .only(identities: identities, accountNames: [], groups: []))
        let open = leavers.filter { $0.revokedAt == nil }.map(\.caseID)
        return try await context.database.transact { [leavers] session, records in
            // Who is not out yet is looked at again.
            try FarewellList(session).set(open)
            return leavers.map { departure(of: $0, sights, &records) }
        }
    }

    private struct Leaving: Sendable {
        let person: PersonID
        let caseID: String
        let causedAt: Instant
        let takesAccess: Bool
        let revokedAt: Instant?
    }

    private func departure(
        of leaving: Leaving, _ sights: [TargetObserver.Sight], _ records: inout [Record]
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
            timeToRevoke: leaving.takesAccess ? leaving.revokedAt.map { $0 - leaving.causedAt } : nil,
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
