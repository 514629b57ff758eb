import AccessModel

/// Which step: the case, and the place in it from 1.
public struct StepReference: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let caseID: String
    public let sequence: Int

    public init(caseID: String, sequence: Int) {
        self.caseID = caseID
        self.sequence = sequence
    }

    public var description: String { "\(caseID)/\(sequence)" }

    public static func < (left: StepReference, right: StepReference) -> Bool {
        (left.caseID, left.sequence) < (right.caseID, right.sequence)
    }
}

/// Where a step is on its way.
public enum StepState: String, Sendable, CaseIterable {
    /// Until what it comes after has been tried.
    case waiting
    /// To be applied once its time has come.
    case pending
    /// A worker is at it.
    case running
    /// It was sent, and nobody knows whether it arrived: it is read back before it is sent again.
    case uncertain
    /// The target said yes; not read back yet.
    case applied
    /// Seen to hold.
    case verified
    /// Left to a person: retry, skip or cancel.
    case stalled
    case skipped
    case cancelled
    /// Ended by a newer decision while a worker was at it.
    case abandoned

    /// Whether nothing more happens to it.
    public var isFinal: Bool {
        switch self {
        case .verified, .skipped, .cancelled, .abandoned: true
        case .waiting, .pending, .running, .uncertain, .applied, .stalled: false
        }
    }
}
