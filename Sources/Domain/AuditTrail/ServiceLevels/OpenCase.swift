import AccessModel
import StrictJSON

/// What the numbers need to know of a case that has not ended.
struct OpenCase {
    enum Ending {
        case validated, cancelled
    }

    let kind: Case.Kind
    let causedAt: Instant
    /// Steps whose last attempt or reading failed.
    private(set) var failing: Set<Int64> = []
    private(set) var isManual = false
    /// Whether a step was given up.
    private var isPartial = false
    /// Steps that take access away on a critical target and are not verified yet.
    private var awaited: Set<Int64> = []
    /// Steps that delete what has long been disabled: no part of the time to revoke.
    private var disposals: Set<Int64> = []
    private var lastRevokedAt: Instant?

    init(kind: Case.Kind, causedAt: Instant) {
        self.kind = kind
        self.causedAt = causedAt
    }

    var isWhole: Bool { !isPartial && failing.isEmpty }
    var awaitsRevocation: Bool { !awaited.isEmpty }

    /// When the last access of a leaver on critical targets was seen to be gone; nil while some is left.
    var revokedAt: Instant? { kind == .leaver && awaited.isEmpty ? lastRevokedAt : nil }

    /// Takes in the case's next record; the ending when it is that.
    mutating func add(_ record: Record, _ type: RecordType) -> Ending? {
        let body = record.body
        switch type {
        case .caseState:
            switch body["state"]?.string.flatMap(Case.State.init(rawValue:)) {
            case .validated: return .validated
            case .cancelled: return .cancelled
            default: return nil
            }
        case .manualAction: isManual = true
        case .changePlanned: planned(body)
        case .changeResult: result(body)
        case .changeVerified: verified(body, at: record.at)
        case .changeSkipped, .changeCancelled: givenUp(body)
        default: break
        }
        return nil
    }

    private mutating func planned(_ body: JSONValue) {
        guard let step = body["seq"]?.integer, body["critical"]?.bool == true,
            let change = body["change"], change["lane"]?.string == Change.Lane.revoke.rawValue
        else { return }
        if Self.isDisposal(change) { disposals.insert(step) } else { awaited.insert(step) }
    }

    /// An account that was disabled long ago is deleted: nobody loses access that they had.
    private static func isDisposal(_ change: JSONValue) -> Bool {
        change["op"]?.string == Change.Operation.remove.rawValue
            && change["fact"]?["state"]?.string == Account.State.disabled.rawValue
    }

    private mutating func result(_ body: JSONValue) {
        guard let step = body["step"]?.integer else { return }
        if body["outcome"]?.string == ChangeOutcome.failed.rawValue {
            failing.insert(step)
        } else {
            failing.remove(step)
        }
    }

    private mutating func verified(_ body: JSONValue, at: Instant) {
        guard let step = body["step"]?.integer, let holds = body["holds"]?.bool else { return }
        guard holds else {
            failing.insert(step)
            return
        }
        failing.remove(step)
        awaited.remove(step)
        guard !disposals.contains(step), body["critical"]?.bool == true,
            body["lane"]?.string == Change.Lane.revoke.rawValue
        else { return }
        lastRevokedAt = at
    }

    private mutating func givenUp(_ body: JSONValue) {
        isPartial = true
        guard let step = body["step"]?.integer else { return }
        failing.remove(step)
        awaited.remove(step)
    }
}
