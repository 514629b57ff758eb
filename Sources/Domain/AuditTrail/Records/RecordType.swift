/// What a record may say. Writers make records with the functions of `Record` that are named after these, so that a
/// name or a body cannot be misspelled; readers compare with ``Record/known``.
public enum RecordType: String, CaseIterable, Sendable {
    case caseOpened = "case.opened"
    case caseState = "case.state"
    case caseStalled = "case.stalled"
    case changePlanned = "change.planned"
    case changeAttempt = "change.attempt"
    case changeResult = "change.result"
    case changeVerified = "change.verified"
    case changeSkipped = "change.skipped"
    case changeCancelled = "change.cancelled"
    case peopleSnapshot = "people.snapshot"
    case peopleEvent = "people.event"
    case peopleConfirmed = "people.confirmed"
    case holdOpened = "hold.opened"
    case holdApproved = "hold.approved"
    case holdRejected = "hold.rejected"
    case definitionsApplied = "definitions.applied"
    case planDecided = "plan.decided"
    case targetObserved = "target.observed"
    case residualChecked = "residual.checked"
    case manualAction = "manual.action"
    case rollbackAccepted = "audit.rollback_accepted"
    case keyCreated = "key.created"
    case noticeDelivered = "notice.delivered"
    case noticeGivenUp = "notice.given_up"
    case breakGlassSealed = "breakglass.sealed"
    case breakGlassOffline = "breakglass.offline"
    case breakGlassReused = "breakglass.reused"
}

extension Record {
    /// The type, if this version of Tenure knows it.
    public var known: RecordType? { RecordType(rawValue: type) }
}
