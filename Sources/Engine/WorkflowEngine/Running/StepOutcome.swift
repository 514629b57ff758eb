import AccessModel
import ConnectorKit

/// What a worker found out about a step that it holds.
enum StepOutcome: Sendable {
    /// The target took it.
    case accepted(Receipt)
    /// It was sent earlier and nobody knew whether it arrived: reading back shows that it did.
    case arrived
    case failed(ConnectorError)
    /// No call was made.
    case notSent(reason: String, until: Instant)
    /// Reading back shows it.
    case holds
    /// Reading back shows that it does not hold, though the target had said so.
    case notSeen
    /// Reading back failed or proved nothing.
    case unread(reason: String, retryAfter: Span?)
}

struct SettledStep: Sendable {
    let step: ClaimedStep
    let outcome: StepOutcome
}
