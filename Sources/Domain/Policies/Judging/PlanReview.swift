import AccessModel
import Definitions
import Planning
import StrictJSON

/// A plan as policy sees it: what may run, what waits, what each change weighs, and all that was said.
public struct PlanReview: Sendable {
    /// The plan with what waits marked so, and with every change's score.
    public let plan: Plan
    public let judgement: Judgement
    /// Of each change of which a policy said something, in the plan's order.
    public let decisions: [ChangeDecision]
    /// Of each change that waits for people whom policies name: what is still asked for, by the change's id. What waits
    /// for any second person is not among them.
    public let asked: [String: [ApprovalRequirement]]

    public struct ChangeDecision: Sendable {
        /// The change's id.
        public let change: String
        public let question: PolicyQuestion
        public let external: [Slug: ExternalAnswer]
        public let decision: Decision
    }

    /// Of a plan that was denied: what was stopped with it though nothing was said of it.
    let stopped: Stopped

    struct Stopped: Sendable {
        /// As many as are kept.
        var first: [ChangeDecision] = []
        var count = 0
    }
}

/// What the record keeps of a review, so that it can be made again by other policies.
public struct RecordedReview: Sendable {
    /// So many are kept with all that was said; the others with what was seen and their verdicts.
    static let mostWhole = 200
    /// A question takes some 200 bytes, and its person as much again.
    static let mostShared = 20_000

    /// The most telling ones whole, see ``DecidedQuestion``: what was not allowed first.
    public let whole: [JSONValue]
    /// The others with their questions; nil where there are none.
    public let others: JSONValue?
    /// How many there were beyond those.
    public let omitted: Int

    /// Reads what ``PlanReview/recorded`` kept, one after the other; of what cannot be read, why.
    public static func read(
        whole: JSONValue?, others: JSONValue?, _ each: (DecidedQuestion) -> Void, unreadable: (String) -> Void
    ) {
        func attempt(_ body: () throws(PolicyQuestionError) -> DecidedQuestion?) {
            do throws(PolicyQuestionError) {
                if let decided = try body() { each(decided) }
            } catch {
                unreadable(error.message)
            }
        }
        for decision in whole?.array ?? [] {
            attempt { () throws(PolicyQuestionError) in try DecidedQuestion(json: decision) }
        }
        let shared = others?["shared"]?.array ?? []
        for entry in others?["each"]?.array ?? [] {
            attempt { () throws(PolicyQuestionError) in try SharedQuestions.read(entry, shared: shared) }
        }
    }
}

extension PlanReview {
    /// What a record keeps of it. What ran and was not spoken of is recorded as a change besides.
    public var recorded: RecordedReview {
        let refused = decisions.filter { $0.decision.verdict != .allowed }
        let others = decisions.filter { $0.decision.verdict == .allowed }
        let all = refused + others
        let rest = all.dropFirst(RecordedReview.mostWhole)
        let kept = (rest + stopped.first).prefix(RecordedReview.mostShared)
        return RecordedReview(
            whole: all.prefix(RecordedReview.mostWhole).map { decision in
                DecidedQuestion(
                    about: decision.change, question: decision.question, external: decision.external,
                    decision: decision.decision
                ).json
            }, others: SharedQuestions.json(kept.map(\.brief)), omitted: rest.count + stopped.count - kept.count)
    }
}

extension PlanReview.ChangeDecision {
    /// Without what was said.
    fileprivate var brief: DecidedQuestion {
        DecidedQuestion(
            about: change, question: question, external: external, verdict: decision.verdict, by: decision.decisive)
    }
}

extension PolicySet {
    /// Judges a plan by the definitions that it follows. A plan that follows others is denied.
    public func judge(_ plan: Plan, organization: Organization) -> Judgement {
        judge(plan, world: PolicyWorld(organization, now: plan.plannedAt))
    }

    /// Whether a plan may run, and what of it.
    public func judge(_ plan: Plan, world: PolicyWorld) -> Judgement { review(plan, world: world).judgement }

    /// Asks every policy about every change.
    ///
    /// One change that is denied denies the plan: nothing that grants runs, as a plan that asks for what must never be
    /// is not to be trusted in the rest. Revocations are never blocked: what lessens access runs all the same, except
    /// what a second person is to look at. What waits, and what is meant for a target in mode `report`, never runs and
    /// denies nothing.
    public func review(_ plan: Plan, world: PolicyWorld, external: [String: ExternalAnswers] = [:]) -> PlanReview {
        var reviewer = PlanReviewer(self, plan, world)
        for number in plan.changes.indices {
            reviewer.ask(number, external: external[plan.changes[number].id] ?? .none)
        }
        return reviewer.review()
    }

    /// What agents are to be asked before ``review(_:world:external:)``, by the change's id.
    public func externalQuestions(_ plan: Plan, world: PolicyWorld) -> [String: [ExternalQuestion]] {
        guard policies.contains(where: { $0.definition.effects.external != nil }) else { return [:] }
        var questions = ChangeQuestions(world, plan, groups: groups(of: plan, in: world))
        var found: [String: [ExternalQuestion]] = [:]
        for change in plan.changes {
            let asked = externalQuestions(questions.question(change))
            if !asked.isEmpty { found[change.id] = asked }
        }
        return found
    }

    /// The groups of those to whom a plan gives something; empty where no policy asks for them.
    func groups(of plan: Plan, in world: PolicyWorld) -> [PersonID: [String]] {
        let asks =
            reads(["subject", "groups"], on: .change) || reads(["subject", "groups"], on: .person)
            || (!world.separations.isEmpty && reads(["platform", "conflicts"], on: .change))
        guard asks else { return [:] }
        let people = Set(plan.changes.lazy.filter { $0.operation != .remove }.compactMap { $0.identity?.person })
        return people.isEmpty ? [:] : world.groups(of: people)
    }
}
