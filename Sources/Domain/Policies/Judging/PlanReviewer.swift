import AccessModel
import Definitions
import Planning

/// Asks about one change after the other, and keeps what was said.
struct PlanReviewer {
    private struct Saying {
        var message: String
        var changes: [String]
        let place: SourceLocation
    }

    private struct Heading: Hashable {
        let effect: Verdict.Reason.Effect
        let number: Int
    }

    private let set: PolicySet
    private let plan: Plan
    private let world: PolicyWorld
    private var questions: ChangeQuestions
    private let groups: [PersonID: [String]]
    private let asksForPeople: Bool
    private var people: [PersonID: Decision] = [:]
    private var held: [Bool]
    private var asked: [String: [ApprovalRequirement]] = [:]
    private var risks: [Int]
    private var decisions: [PlanReview.ChangeDecision] = []
    private var sayings: [Heading: Saying] = [:]
    private var misplaced: [String] = []

    init(_ set: PolicySet, _ plan: Plan, _ world: PolicyWorld) {
        self.set = set
        self.plan = plan
        self.world = world
        groups = set.groups(of: plan, in: world)
        questions = ChangeQuestions(world, plan, groups: groups)
        asksForPeople = set.definitions.contains { $0.kinds.contains(.person) }
        held = plan.changes.map { _ in false }
        risks = plan.changes.map(\.risk)
    }

    mutating func ask(_ number: Int, external: ExternalAnswers) {
        let change = plan.changes[number]
        let fits = change.lane == .grant ? change.operation != .remove : change.lessensAccess
        if !fits { misplaced.append(change.id) }
        let question = questions.question(change)
        let decision = decide(change, question, external)
        risks[number] = decision.risk
        if !decision.matches.isEmpty {
            decisions.append(
                PlanReview.ChangeDecision(
                    change: change.id, question: question, external: external.answers, decision: decision))
        }
        let open = missing(decision.approvals, change.id)
        held[number] = !open.isEmpty
        if open.contains(where: { $0.from != .secondPerson }) { asked[change.id] = open }
        for match in decision.matches {
            guard let effect = Self.effect(of: match) else { continue }
            if effect == .holds, !open.contains(where: { $0.policies.contains(match.policy) }) { continue }
            note(match, effect, change.id)
        }
    }

    /// Those that nobody has given yet: a second person has looked at it, or all who were asked agreed.
    private func missing(_ approvals: [ApprovalRequirement], _ change: String) -> [ApprovalRequirement] {
        guard !approvals.isEmpty else { return [] }
        let recorded = world.input.recorded
        let agreed = recorded.agreedTo[change] ?? []
        return approvals.filter { approval in
            approval.from == .secondPerson
                ? !recorded.releasedChanges.contains(change) && !agreed.contains(approval.key)
                : !agreed.contains(approval.key)
        }
    }

    private mutating func decide(
        _ change: Change, _ question: PolicyQuestion, _ external: ExternalAnswers
    ) -> Decision {
        let decision = set.decide(question, external: external)
        guard asksForPeople, change.lane == .grant, change.operation != .remove,
            let person = change.identity?.person
        else { return decision }
        let whole = people[person] ?? set.decide(world.person(person, groups: groups[person] ?? []))
        people[person] = whole
        guard !whole.matches.isEmpty else { return decision }
        return Decision(
            verdict: whole.isDenied ? .denied : decision.verdict, approvals: decision.approvals,
            window: decision.window, risk: decision.risk, matches: decision.matches + whole.matches)
    }

    private static func effect(of match: Match) -> Verdict.Reason.Effect? {
        if match.mode == .observe { return .observes }
        if match.isWarning { return .warns }
        switch match.effect {
        case .approval, .hold: return .holds
        case .deny, .justification, .failure, .external: return .denies
        case .limit, .risk, .warn: return nil
        }
    }

    private mutating func note(_ match: Match, _ effect: Verdict.Reason.Effect, _ change: String) {
        let heading = Heading(effect: effect, number: match.rule.number)
        guard sayings[heading] == nil else {
            sayings[heading]?.changes.append(change)
            return
        }
        sayings[heading] = Saying(message: match.message, changes: [change], place: match.place)
    }

    // MARK: What comes of it

    consuming func review() -> PlanReview {
        var reviewer = self
        return reviewer.finished()
    }

    private mutating func finished() -> PlanReview {
        let judged = plan.judged(held: held, risks: risks)
        let enforced = Set(world.organization.targets.lazy.filter { $0.mode == .enforce }.map(\.name))
        let runnable = judged.changes.filter { !$0.isHeld && enforced.contains($0.target) }
        func approve(_ changes: [Change]) -> ApprovedPlan {
            ApprovedPlan(
                changes: changes, planHash: judged.hash, definitionsRevision: judged.definitionsRevision)
        }
        let denials = ownDenials() + reasons(.denies)
        let others = reasons(.holds) + reasons(.warns) + reasons(.observes)
        let judgement: Judgement =
            denials.isEmpty
            ? .approved(approve(runnable), Verdict(outcome: .approved, reasons: others))
            : .denied(
                revocations: approve(runnable.filter(\.lessensAccess)),
                Verdict(outcome: .denied, reasons: denials + others))
        return PlanReview(
            plan: judged, judgement: judgement, decisions: decisions, asked: asked,
            stopped: denials.isEmpty ? PlanReview.Stopped() : silent())
    }

    /// What a denied plan would have given though nobody spoke of it.
    private mutating func silent() -> PlanReview.Stopped {
        let known = Set(decisions.map(\.change))
        var stopped = PlanReview.Stopped()
        for (number, change) in plan.changes.enumerated()
        where !change.lessensAccess && !known.contains(change.id) {
            stopped.count += 1
            guard stopped.first.count < RecordedReview.mostShared else { continue }
            stopped.first.append(
                PlanReview.ChangeDecision(
                    change: change.id, question: questions.question(change), external: [:],
                    decision: Decision(verdict: .allowed, risk: risks[number])))
        }
        return stopped
    }

    private func reasons(_ effect: Verdict.Reason.Effect) -> [Verdict.Reason] {
        set.policies.compactMap { policy in
            sayings[Heading(effect: effect, number: policy.number)].map { saying in
                Verdict.Reason(
                    rule: policy.definition.name.text, message: saying.message, changes: saying.changes,
                    effect: effect, place: saying.place)
            }
        }
    }

    /// What is no policy: a plan is of the definitions in force, and what it takes goes before what it gives.
    private func ownDenials() -> [Verdict.Reason] {
        var reasons: [Verdict.Reason] = []
        let revision = world.organization.revision
        if plan.definitionsRevision != revision {
            reasons.append(
                Verdict.Reason(
                    rule: "same-definitions",
                    message: "the plan follows definitions \(plan.definitionsRevision), in force are \(revision); "
                        + "plan again",
                    changes: []))
        }
        if !misplaced.isEmpty {
            reasons.append(
                Verdict.Reason(
                    rule: "lane-fits",
                    message: "what adds access belongs in the lane of grants, what takes it in the lane of revocations",
                    changes: misplaced))
        }
        return reasons
    }
}

extension Change {
    /// Whether it belongs in the lane of revocations by what it does, whatever it says of itself. An update does
    /// unless it brings an account to life.
    fileprivate var lessensAccess: Bool {
        guard lane == .revoke else { return false }
        switch operation {
        case .add: return false
        case .remove: return true
        case .update:
            guard case .account(let account) = fact else { return false }
            guard case .account(let before)? = before else { return account.state == .disabled }
            return account.state == .disabled || before.state == .active
        }
    }
}
