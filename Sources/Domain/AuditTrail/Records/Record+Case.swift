import AccessModel
import StrictJSON

/// What a person may do about a stalled case.
public enum ManualAction: String, CaseIterable, Sendable {
    case retry, skip, cancel
}

extension Record {
    /// `case.opened` `{kind, caused_at, source_event?, critical?}`: the first record of a case. The context's subject
    /// is the identity, or nil for a case about groups.
    ///
    /// - Parameters:
    ///   - causedAt: What time-to-provision and time-to-revoke count from.
    ///   - sourceEvent: The id of the event that caused it.
    ///   - isCritical: Whether it takes access on a critical target away; left out when false.
    public static func caseOpened(
        _ context: RecordContext, kind: Case.Kind, causedAt: Instant, sourceEvent: String? = nil,
        isCritical: Bool = false
    ) -> Record {
        Record(
            .caseOpened, context,
            [
                "kind": .string(kind.rawValue), "caused_at": .instant(causedAt),
                "source_event": sourceEvent.map(JSONValue.string), "critical": isCritical ? true : nil,
            ])
    }

    /// `case.state` `{kind, state, caused_at}`: a case came to a state.
    public static func caseState(
        _ context: RecordContext, kind: Case.Kind, state: Case.State, causedAt: Instant
    ) -> Record {
        Record(
            .caseState, context,
            [
                "kind": .string(kind.rawValue), "state": .string(state.rawValue), "caused_at": .instant(causedAt),
            ])
    }

    /// `manual.action` `{action, reason}`: a person stepped in. The context's actor is that person.
    public static func manualAction(_ context: RecordContext, action: ManualAction, reason: String) -> Record {
        Record(.manualAction, context, ["action": .string(action.rawValue), "reason": .string(reason)])
    }

    /// `case.stalled` `{step, target, op, key, attempts, error}`: a step needs a person; whoever is on call is paged.
    /// `error` holds no secret.
    public static func caseStalled(
        _ context: RecordContext, step: Int, change: Change, attempts: Int, error: String
    ) -> Record {
        Record(
            .caseStalled, context,
            [
                "step": .int(step), "target": .string(change.target.text), "op": .string(change.operation.rawValue),
                "key": .string(change.fact.key), "attempts": .int(attempts), "error": .string(error),
            ])
    }
}
