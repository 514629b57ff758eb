import AccessModel
import Definitions
import Persistence
import Planning
import Policies
import StrictJSON

/// The one place where access asks for a decision: what the definitions say of who may, and then the policies.
struct AccessRules: Sendable {
    /// How long a request is waited on where nothing says otherwise.
    static let patience = Span.hours(8)

    private let policies: PolicySet
    private var inquiry = AgentInquiry()

    init(_ definitions: DefinitionSet) { policies = definitions.policies }

    /// The same with what agents have said.
    func hearing(_ inquiry: AgentInquiry) -> AccessRules {
        var rules = self
        rules.inquiry = inquiry
        return rules
    }

    func rule(on question: AccessQuestion, in world: AccessWorld) -> AccessRuling {
        switch question.kind {
        case .request: request(question, world)
        case .approval(let approver): approval(question, by: approver, world)
        case .breakGlass: breakGlass(question, world)
        }
    }

    // MARK: Requests

    private func request(_ question: AccessQuestion, _ world: AccessWorld) -> AccessRuling {
        let ask = question.ask
        guard let rule = world.organization.jitRule(for: ask.group) else {
            return AccessRuling(
                denials: ["no window can be opened on \(ask.group.path): only contributor and admin have windows"],
                maximum: .zero)
        }
        var ruling = AccessRuling(maximum: rule.maximumDuration)
        if !world.isActive(ask.person) {
            ruling.denials.append("\(ask.person) is not active")
        } else if !world.eligibility.isEligible(ask.person, for: ask.group) {
            ruling.denials.append(
                "\(ask.person) is not eligible for \(ask.group.path): the definitions do not list them for it")
        }
        if rule.justificationRequired, ask.reason.isEmpty {
            ruling.denials.append("\(ask.group.path) asks for a reason; give one with --reason")
        }
        let policyWorld = PolicyWorld(world.input)
        let asked = question.asked
        let decision = decide(policyWorld.request(asked), about: question, &ruling, adding: rule)
        for requirement in decision.approvals {
            let people = policyWorld.approvers(for: requirement, group: ask.group, requester: ask.person)
            ruling.needs.append(
                ApprovalNeed(
                    from: requirement.people, count: requirement.count,
                    people: world.distinct(people, without: ask.person)))
        }
        ruling.within = decision.approvals.compactMap(\.within).min()
        ruling.refuseWhereTooLong(ask)
        ruling.refuseWhereTooFew(ask.group)
        return ruling
    }

    // MARK: Approvals

    private func approval(_ question: AccessQuestion, by approver: PersonID, _ world: AccessWorld) -> AccessRuling {
        var ruling = request(question, world)
        let ask = question.ask
        let isEligible = ruling.needs.contains { $0.people.contains(world.same(approver)) }
        if world.same(approver) == world.same(ask.person) {
            ruling.denials.append("nobody approves their own request: \(approver) is who asks")
        } else if !world.isActive(approver) {
            ruling.denials.append("\(approver) is not active")
        } else if !isEligible {
            ruling.denials.append("\(approver) may not approve windows on \(ask.group.path)")
        }
        _ = decide(
            PolicyWorld(world.input).approval(of: question.asked, by: approver, isEligible: isEligible),
            about: question, &ruling)
        return ruling
    }

    // MARK: Broken glass

    private func breakGlass(_ question: AccessQuestion, _ world: AccessWorld) -> AccessRuling {
        let ask = question.ask
        guard let rule = world.organization.platform.breakGlass else {
            return AccessRuling(denials: ["platform.yaml has no `break_glass`: nobody may"], maximum: .zero)
        }
        var ruling = AccessRuling(maximum: rule.maximumDuration)
        if world.organization.jitRule(for: ask.group) == nil {
            ruling.denials.append("\(ask.group.path) has no windows: only contributor and admin of a group do")
        } else if !world.organization.mayBreakGlass(ask.person, ask.group, world.roster) {
            ruling.denials.append("\(ask.person) is not among the people of `break_glass`, or not active")
        }
        if ask.reason.isEmpty { ruling.denials.append("breaking the glass asks for a reason; give one with --reason") }
        _ = decide(PolicyWorld(world.input).breakGlass(question.asked), about: question, &ruling)
        ruling.refuseWhereTooLong(ask)
        return ruling
    }

    // MARK: Policies

    private func decide(
        _ asked: PolicyQuestion, about question: AccessQuestion, _ ruling: inout AccessRuling,
        adding rule: JITRule? = nil
    ) -> Policies.Decision {
        let answers = inquiry.answers(to: policies.externalQuestions(asked))
        let judged = policies.decide(asked, external: answers)
        let decision = rule.map { judged.adding($0) } ?? judged
        ruling.denials += decision.denials.map { "\($0.message) (policy `\($0.policy)`, \($0.place))" }
        ruling.warnings = decision.warnings.map(\.text)
        ruling.risk = decision.risk
        if let window = decision.window { ruling.maximum = min(ruling.maximum, window) }
        ruling.detail = DecidedQuestion(about: question.id, question: asked, decision: decision).json
        return decision
    }
}

extension AccessQuestion {
    /// As policies are asked about it.
    fileprivate var asked: AskedWindow {
        AskedWindow(
            id: id, person: ask.person, group: ask.group, reason: ask.reason, duration: ask.duration,
            start: ask.start, isExtension: ask.extends != nil, beside: beside)
    }
}

extension ApprovalRequirement {
    /// Who they are, in words.
    fileprivate var people: String {
        switch from {
        case .approvers: "the group's approvers"
        case .secondPerson: "any others"
        case .any(let groups, let people):
            (groups.map(\.path) + people.map(\.text)).joined(separator: ", ")
        }
    }
}

extension AccessRuling {
    mutating func refuseWhereTooLong(_ ask: AccessRequest.Ask) {
        guard ask.duration > maximum else { return }
        denials.append("\(ask.duration) is longer than \(maximum), the most that \(ask.group.path) allows")
    }

    /// What could never be approved is denied at once, naming what is missing.
    mutating func refuseWhereTooFew(_ group: Group) {
        for need in needs where need.people.count < need.count {
            let found = need.people.isEmpty ? "there is nobody" : "there is \(need.people.count)"
            denials.append(
                "\(group.path) needs \(need.count) of \(need.from), other than who asks, and \(found): "
                    + "\(need.count - need.people.count) more must be listed first")
        }
    }
}
