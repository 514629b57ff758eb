import AccessModel
import StrictJSON

/// How one attempt at a change ended.
public enum ChangeOutcome: String, CaseIterable, Sendable {
    case applied
    case proposed
    case alreadyHeld = "already_held"
    case failed
}

/// Which change of a case a record is about.
public struct ChangeStep: Hashable, Sendable {
    /// The place among the case's changes, the same in every record about this one.
    public let index: Int
    public let change: Change
    /// Whether its target is critical.
    public let isCritical: Bool

    public init(index: Int, change: Change, isCritical: Bool) {
        self.index = index
        self.change = change
        self.isCritical = isCritical
    }
}

extension Record {
    /// `change.planned` `{seq, critical, change}`: the whole change with its causes, as `Change.json` writes it.
    ///
    /// - Parameter json: `Change.json`, where it is there already.
    public static func changePlanned(_ context: RecordContext, step: ChangeStep, json: JSONValue? = nil) -> Record {
        Record(
            .changePlanned, context,
            ["seq": .int(step.index), "critical": .bool(step.isCritical), "change": json ?? step.change.json])
    }

    /// `change.attempt` `{step, target, op, key, attempt, idempotency_key, fence}`: written before the target is told.
    ///
    /// - Parameter attempt: From 1.
    public static func changeAttempt(
        _ context: RecordContext, step: ChangeStep, attempt: Int, idempotencyKey: String, fence: Int64
    ) -> Record {
        Record(
            .changeAttempt, context,
            [
                "step": .int(step.index), "target": .string(step.change.target.text),
                "op": .string(step.change.operation.rawValue), "key": .string(step.change.fact.key),
                "attempt": .int(attempt), "idempotency_key": .string(idempotencyKey), "fence": .integer(fence),
            ])
    }

    /// `change.result` `{step, outcome, request_id?, receipt}`: the target took it. The receipt is
    /// `{effect, at, note, request_id?}`.
    public static func changeResult(_ context: RecordContext, step: Int, receipt: Receipt) -> Record {
        let outcome: ChangeOutcome =
            switch receipt.effect {
            case .applied: .applied
            case .proposed: .proposed
            case .alreadyHeld: .alreadyHeld
            }
        return Record(
            .changeResult, context,
            [
                "step": .int(step), "outcome": .string(outcome.rawValue),
                "request_id": receipt.requestID.map(JSONValue.string), "receipt": json(receipt),
            ])
    }

    /// `change.result` `{step, outcome: failed, error, request_id?}`: the target did not take it. `error` holds no
    /// secret.
    public static func changeFailed(
        _ context: RecordContext, step: Int, error: String, requestID: String? = nil
    ) -> Record {
        Record(
            .changeResult, context,
            [
                "step": .int(step), "outcome": .string(ChangeOutcome.failed.rawValue), "error": .string(error),
                "request_id": requestID.map(JSONValue.string),
            ])
    }

    /// `change.verified` `{step, target, op, key, lane, critical, holds}`: the target was read back.
    ///
    /// - Parameter holds: Whether the target is as the change wanted it.
    public static func changeVerified(_ context: RecordContext, step: ChangeStep, holds: Bool) -> Record {
        Record(
            .changeVerified, context,
            [
                "step": .int(step.index), "target": .string(step.change.target.text),
                "op": .string(step.change.operation.rawValue), "key": .string(step.change.fact.key),
                "lane": .string(step.change.lane.rawValue), "critical": .bool(step.isCritical), "holds": .bool(holds),
            ])
    }

    /// `change.skipped` `{step, reason}`: a person gave it up and let the case go on.
    public static func changeSkipped(_ context: RecordContext, step: Int, reason: String) -> Record {
        Record(.changeSkipped, context, ["step": .int(step), "reason": .string(reason)])
    }

    /// `change.cancelled` `{step, reason}`: it was not needed any more, or its case was cancelled.
    public static func changeCancelled(_ context: RecordContext, step: Int, reason: String) -> Record {
        Record(.changeCancelled, context, ["step": .int(step), "reason": .string(reason)])
    }

    private static func json(_ receipt: Receipt) -> JSONValue {
        var object = JSONObject()
        object["effect"] = .string(receipt.effect.rawValue)
        object["at"] = .instant(receipt.at)
        object["note"] = .string(receipt.note)
        object["request_id"] = receipt.requestID.map(JSONValue.string)
        return .object(object)
    }
}
