import Policies

/// Asks policy agents outside, before a decision and outside of any transaction: what they say is handed in.
public protocol PolicyAgents: Sendable {
    /// By the policy that asks. One that gave no answer has said so; nothing is thrown, and the policies decide what it
    /// means.
    func answers(to questions: [ExternalQuestion]) async -> ExternalAnswers
}

/// There are none: policies that need an answer deny what grants.
public struct NoPolicyAgents: PolicyAgents {
    public init() {}

    public func answers(to questions: [ExternalQuestion]) async -> ExternalAnswers { .none }
}
