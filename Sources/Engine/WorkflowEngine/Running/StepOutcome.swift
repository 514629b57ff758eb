import AccessModel
import ConnectorKit

/// What a worker found out about a step that it holds.
enum StepOutcome: Sendable {
    /// The target took it, and was read back.
    case accepted(Receipt, Finding)
    /// It was sent earlier and nobody knew whether it arrived: reading back shows that it did.
    case arrived
    case failed(ConnectorError)
    /// No call was made.
    case notSent(reason: String, until: Instant)
    /// It was to give what windows give, and they have all ended.
    case lapsed
    /// It was not sent, for it was accepted earlier or may have been: this is what reading back came to.
    case readBack(Finding)
}

/// What reading a target back says of one change.
enum Finding: Sendable {
    /// It holds.
    case holds
    /// It does not, whatever the target had said.
    case missing
    /// Not yet: others were asked to make it so.
    case underway(ChangeUnderway)
    /// Reading back failed or proved nothing.
    case unread(reason: String, retryAfter: Span?)
}

/// What a wave found out, to be written down.
struct WaveResult: Sendable {
    /// Steps that were to be sent.
    var running: [SettledStep] = []
    /// Steps that the target had accepted before, and that were read back.
    var applied: [SettledStep] = []
    /// For each of them one, in their order; made before the transaction, which may be run again.
    var draws: [Double] = []

    var isEmpty: Bool { running.isEmpty && applied.isEmpty }
}

struct SettledStep: Sendable {
    let step: ClaimedStep
    let outcome: StepOutcome
}
