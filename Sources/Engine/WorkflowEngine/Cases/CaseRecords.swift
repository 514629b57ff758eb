import AccessModel
import AuditTrail
import ConnectorKit
import StrictJSON

/// Makes the records of one case, all of one moment and by one actor.
struct CaseRecords {
    let caseID: String
    let identity: IdentityID?
    let at: Instant
    /// The engine itself, unless a person steps in.
    var actor = "tenure"
    let criticalTargets: Set<Slug>

    var context: RecordContext { RecordContext(at: at, actor: actor, subject: identity?.description, caseID: caseID) }

    /// A change's records are about whom the change concerns, which a case about files names nowhere else.
    private func context(of change: Change) -> RecordContext {
        var context = context
        context.subject = change.identity?.description ?? context.subject
        return context
    }

    private func step(_ sequence: Int, _ change: Change) -> ChangeStep {
        ChangeStep(index: sequence, change: change, isCritical: criticalTargets.contains(change.target))
    }

    func planned(_ new: WorkflowTables.NewStep) -> Record {
        .changePlanned(context(of: new.change), step: step(new.reference.sequence, new.change), json: new.json)
    }

    func attempt(_ claimed: ClaimedStep) -> Record {
        .changeAttempt(
            context(of: claimed.change), step: step(claimed.reference.sequence, claimed.change),
            attempt: claimed.attempt, idempotencyKey: claimed.idempotencyKey, fence: claimed.fence)
    }

    func result(_ claimed: ClaimedStep, _ receipt: Receipt) -> Record {
        .changeResult(context(of: claimed.change), step: claimed.reference.sequence, receipt: receipt)
    }

    func failed(_ claimed: ClaimedStep, _ error: String) -> Record {
        .changeFailed(context(of: claimed.change), step: claimed.reference.sequence, error: error)
    }

    func readBack(_ claimed: ClaimedStep, holds: Bool) -> Record {
        .changeVerified(
            context(of: claimed.change), step: step(claimed.reference.sequence, claimed.change), holds: holds)
    }

    func cancelled(_ sequence: Int, _ change: Change, reason: String) -> Record {
        .changeCancelled(context(of: change), step: sequence, reason: reason)
    }

    func stalled(_ claimed: ClaimedStep, _ problem: StepProblem) -> Record {
        .caseStalled(
            context(of: claimed.change), step: claimed.reference.sequence, change: claimed.change,
            attempts: claimed.attempt, error: problem.message)
    }
}
