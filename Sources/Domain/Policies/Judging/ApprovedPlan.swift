import AccessModel

/// What of a plan may run. Only ``PolicySet/review(_:world:external:)`` makes one, so running a plan that nobody judged
/// does not compile.
public struct ApprovedPlan: Hashable, Sendable {
    /// The plan's own order; without what is held, denied, or meant for a target that is only reported on.
    public let changes: [Change]
    /// The hash of the plan that was judged.
    public let planHash: String
    public let definitionsRevision: String
}

/// A plan's verdict, and what may run because of it or in spite of it.
public enum Judgement: Hashable, Sendable {
    case approved(ApprovedPlan, Verdict)
    /// Nothing that grants may run. Revocations are never blocked: they are in the approved plan all the same.
    case denied(revocations: ApprovedPlan, Verdict)

    /// What may run.
    public var approved: ApprovedPlan {
        switch self {
        case .approved(let plan, _), .denied(let plan, _): plan
        }
    }

    public var verdict: Verdict {
        switch self {
        case .approved(_, let verdict), .denied(_, let verdict): verdict
        }
    }

    public var isDenied: Bool {
        if case .denied = self { true } else { false }
    }
}
