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

    /// So many are kept with all that was seen of them; what ran is recorded as a change besides.
    static let mostRecorded = 200

    /// As a record keeps them, see ``DecidedQuestion``: what was not allowed first.
    public var recorded: [JSONValue] {
        let stopped = decisions.filter { $0.decision.verdict != .allowed }
        let others = decisions.filter { $0.decision.verdict == .allowed }
        return (stopped + others).prefix(Self.mostRecorded).map { decision in
            DecidedQuestion(
                about: decision.change, question: decision.question, external: decision.external,
                decision: decision.decision
            ).json
        }
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
