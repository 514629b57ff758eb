import AccessModel
import Definitions
import Lifecycle
import Policies
import Synchronization
import TestSupport
import Testing

/// Policies that ask an agent outside, at the desk.
@Suite struct AgentRequestTests {
    /// Answers all alike, and remembers what it was asked.
    private final class Agents: PolicyAgents {
        private let answer: ExternalAnswer
        private let heard = Mutex<[ExternalQuestion]>([])

        init(_ answer: ExternalAnswer) { self.answer = answer }

        var questions: [ExternalQuestion] { heard.withLock(\.self) }

        func answers(to questions: [ExternalQuestion]) async -> ExternalAnswers {
            heard.withLock { $0 += questions }
            return ExternalAnswers(
                Dictionary(questions.map { ($0.policy, answer) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    private static let text = """
        policies:
          - name: ask-outside
            on: [request, approval, break-glass]
            when: group.live
            opa: {url: "https://opa.mountainlab.io", path: tenure/allow}
        """

    private func withAgent(_ body: (AccessBench) async throws -> Void) async throws {
        let reading = DefinitionReader.readPolicies(DefinitionFile(path: "policies/agent.yaml", text: Self.text))
        try #require(reading.policies.count == 1)
        try await AccessBench.with({ $0.organization.policies = reading.policies }, body)
    }

    private let draft = AccessDesk.Draft(group: "payments/live/contributor", reason: "INC-1", duration: .hours(1))

    @Test func anAgentIsAskedOnceForEachDecisionAndAllows() async throws {
        try await withAgent { bench in
            let agents = Agents(.allowed)
            let ticket = try await bench.desk("javi", agents: agents).request(draft)
            #expect(ticket.isPending)
            #expect(agents.questions.count == 1)
            // What the agent saw is what was decided on.
            #expect(agents.questions.first?.input["request"]?["id"]?.string == ticket.id)
            let approved = try await bench.desk("ana", agents: agents).approve(ticket.id)
            #expect(approved.window != nil)
            #expect(try await bench.records("access.requested").count == 1)
        }
    }

    @Test func anAgentDenies() async throws {
        try await withAgent { bench in
            let ticket = try await bench.desk("javi", agents: Agents(.denied(reasons: ["not today"]))).request(draft)
            #expect(ticket.isDenied && ticket.refusals.contains { $0.contains("not today") })
        }
    }

    @Test func withoutAnAnswerNothingIsGranted() async throws {
        try await withAgent { bench in
            for agents in [Agents(.unavailable("it is down"))] as [any PolicyAgents] + [NoPolicyAgents()] {
                let ticket = try await bench.desk("javi", agents: agents).request(draft)
                #expect(ticket.isDenied)
            }
        }
    }
}
