import AccessModel
import Definitions
import StrictJSON

/// What an Open Policy Agent is to be asked before a decision: the domain never waits for a network.
public struct ExternalQuestion: Hashable, Sendable {
    public let policy: Slug
    public let agent: PolicyDefinition.External
    /// Of the same question asked again, the same bytes: what an answer may be kept under.
    public let input: JSONValue

    public init(policy: Slug, agent: PolicyDefinition.External, input: JSONValue) {
        self.policy = policy
        self.agent = agent
        self.input = input
    }
}

/// What an agent said.
public enum ExternalAnswer: Hashable, Sendable {
    case allowed
    case denied(reasons: [String])
    /// It could not be asked, or gave no answer that can be read: a denial of what grants.
    case unavailable(String)
}

/// The answers that were fetched for one question, by the policy that asked.
public struct ExternalAnswers: Sendable {
    /// Nobody was asked: policies that need an answer deny what grants.
    public static let none = ExternalAnswers([:])

    public let answers: [Slug: ExternalAnswer]

    public init(_ answers: [Slug: ExternalAnswer]) { self.answers = answers }

    public subscript(policy: Slug) -> ExternalAnswer {
        answers[policy] ?? .unavailable("the agent was not asked")
    }
}
