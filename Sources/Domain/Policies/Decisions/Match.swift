import AccessModel
import CEL
import Definitions
import StrictJSON

/// One effect of one policy that spoke to a question.
public struct Match: Sendable {
    public enum Effect: Hashable, Sendable {
        case deny
        /// The reason that was given does not hold what is asked for.
        case justification
        case approval(ApprovalRequirement)
        case limit(Span)
        case risk(Int)
        case warn
        case hold
        /// The policy could not be evaluated.
        case failure
        /// An agent that was asked denied it, or did not answer.
        case external

        /// As it is written in records: `deny`, `require_approval`, ...
        public var name: String {
            switch self {
            case .deny: "deny"
            case .justification: "require_justification"
            case .approval: "require_approval"
            case .limit: "limit"
            case .risk: "risk"
            case .warn: "warn"
            case .hold: "hold"
            case .failure: "failure"
            case .external: "opa"
            }
        }

        /// Whether it denies where it counts.
        public var denies: Bool {
            switch self {
            case .deny, .justification, .failure, .external: true
            case .approval, .limit, .risk, .warn, .hold: false
            }
        }
    }

    let rule: CompiledPolicy
    public let effect: Effect
    /// Whether it had its effect: not in mode `observe`, and not where it would have blocked what lessens access.
    public let counts: Bool
    /// What is said where the policy does not say it itself.
    let note: String?
    let activation: CELActivation

    init(
        _ rule: CompiledPolicy, _ effect: Effect, counts: Bool, note: String? = nil, activation: CELActivation
    ) {
        self.rule = rule
        self.effect = effect
        self.counts = counts
        self.note = note
        self.activation = activation
    }

    public var policy: Slug { rule.definition.name }
    public var mode: PolicyDefinition.Mode { rule.definition.mode }
    /// Where the policy is written.
    public var place: SourceLocation { rule.definition.place }

    /// An attribute that the policy's condition reads, and what it was.
    public struct Input: Hashable, Sendable {
        public let path: String
        public let value: JSONValue
    }
}
