import AccessModel
import Definitions
import Policies

extension PolicyAgents {
    /// What agents say of a plan's changes, by the change's id. Of what takes access away nobody is asked: no answer
    /// could hold it up. An agent that gave no answer once is not asked again for this plan, so that it costs one
    /// deadline and not one for each change.
    func answers(to questions: [String: [ExternalQuestion]], of plan: Plan) async -> [String: ExternalAnswers] {
        guard !questions.isEmpty else { return [:] }
        let asked = plan.changes.filter { $0.lane == .grant && questions[$0.id] != nil }.map(\.id)
        var silent: [Agent: String] = [:]
        var answers: [String: ExternalAnswers] = [:]
        for id in asked {
            let all = questions[id] ?? []
            let open = all.filter { silent[Agent($0)] == nil }
            let heard = open.isEmpty ? ExternalAnswers.none : await self.answers(to: open)
            var known: [Slug: ExternalAnswer] = [:]
            for question in all {
                if let why = silent[Agent(question)] {
                    known[question.policy] = .unavailable(why)
                    continue
                }
                let answer = heard[question.policy]
                known[question.policy] = answer
                if case .unavailable(let why) = answer { silent[Agent(question)] = why }
            }
            answers[id] = ExternalAnswers(known)
        }
        return answers
    }
}

/// Which agent it is.
private struct Agent: Hashable {
    let url: String
    let path: String

    init(_ question: ExternalQuestion) {
        url = question.agent.url
        path = question.agent.path
    }
}
