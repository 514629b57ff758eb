import Policies
import Synchronization

/// What agents said of one deed at the desk, and what they are still to be asked.
///
/// A transaction waits for no network: where an answer is missing it is undone, the agents are asked, and the deed is
/// done again, at the same moment and with the same ids, so that it asks the same.
final class AgentInquiry: Sendable {
    private let answers: [ExternalQuestion: ExternalAnswer]
    private let open = Mutex<Set<ExternalQuestion>>([])

    init(_ answers: [ExternalQuestion: ExternalAnswer] = [:]) { self.answers = answers }

    /// The answers that there are; what is missing is noted.
    func answers(to questions: [ExternalQuestion]) -> ExternalAnswers {
        let missing = questions.filter { answers[$0] == nil }
        open.withLock { $0.formUnion(missing) }
        let known = questions.compactMap { question in answers[question].map { (question.policy, $0) } }
        return ExternalAnswers(Dictionary(known, uniquingKeysWith: { first, _ in first }))
    }

    /// Whether an answer was missing.
    var isOpen: Bool { open.withLock { !$0.isEmpty } }

    /// The same once the agents were asked, each question once.
    func asked(of agents: any PolicyAgents) async -> AgentInquiry {
        var answers = answers
        for (_, questions) in Dictionary(grouping: open.withLock(\.self), by: \.input) {
            let heard = await agents.answers(to: questions)
            for question in questions { answers[question] = heard[question.policy] }
        }
        return AgentInquiry(answers)
    }
}
