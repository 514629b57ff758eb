import AccessModel
import Definitions

/// What the policies make of one question, and why.
public struct Decision: Hashable, Sendable {
    public enum Verdict: String, Sendable, CaseIterable {
        case allowed
        case needsApproval = "needs-approval"
        case denied
    }

    public let verdict: Verdict
    /// Who has to agree; empty unless the verdict is ``Verdict/needsApproval`` or would be without a denial.
    public let approvals: [ApprovalRequirement]
    /// The tightest of what limits the window; nil where nothing does.
    public let window: Span?
    /// The score, policies' additions among it; never below 0.
    public let risk: Int
    /// Everything that spoke, in the order of the files; what did not count among it.
    public let matches: [Match]

    public init(
        verdict: Verdict, approvals: [ApprovalRequirement] = [], window: Span? = nil, risk: Int = 0,
        matches: [Match] = []
    ) {
        self.verdict = verdict
        self.approvals = approvals
        self.window = window
        self.risk = risk
        self.matches = matches
    }

    /// How many approvals are needed in all.
    public var approvalCount: Int { approvals.reduce(0) { $0 + $1.count } }

    public var isDenied: Bool { verdict == .denied }

    /// Why it is denied; empty unless it is.
    public var denials: [Match] { matches.filter { $0.counts && $0.effect.denies } }

    public var warnings: [Match] { matches.filter { $0.isWarning } }

    /// With what the group's own rule for windows asks: its approvers, and its longest window.
    public func adding(_ rule: JITRule) -> Decision {
        var asked = approvals
        if rule.approval.approvers > 0 {
            asked.append(ApprovalRequirement(from: .approvers, count: rule.approval.approvers))
        }
        let approvals = ApprovalRequirement.union(asked)
        let verdict: Verdict = isDenied ? .denied : approvals.isEmpty ? verdict : .needsApproval
        return Decision(
            verdict: verdict, approvals: approvals,
            window: min(window ?? rule.maximumDuration, rule.maximumDuration), risk: risk, matches: matches)
    }
}
