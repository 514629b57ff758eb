import AccessModel
import Definitions
import Planning
import StrictJSON

/// The one place where access asks for a decision.
struct AccessRules: Sendable {
    /// How long a request is waited on where nothing says otherwise.
    static let patience = Span.hours(8)

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
        if ask.duration > rule.maximumDuration {
            ruling.denials.append(
                "\(ask.duration) is longer than \(rule.maximumDuration), the most that \(ask.group.path) allows")
        }
        if rule.justificationRequired, ask.reason.isEmpty {
            ruling.denials.append("\(ask.group.path) asks for a reason; give one with --reason")
        }
        let count = rule.approval.approvers
        guard count > 0 else { return ruling }
        let people = world.distinct(
            world.eligibility.approvers(for: ask.group, requester: ask.person, needed: count), without: ask.person)
        ruling.needs = [ApprovalNeed(from: "the group's approvers", count: count, people: people)]
        ruling.refuseWhereTooFew(ask.group)
        return ruling
    }

    // MARK: Approvals

    private func approval(_ question: AccessQuestion, by approver: PersonID, _ world: AccessWorld) -> AccessRuling {
        var ruling = request(question, world)
        let ask = question.ask
        if world.same(approver) == world.same(ask.person) {
            ruling.denials.append("nobody approves their own request: \(approver) is who asks")
        } else if !world.isActive(approver) {
            ruling.denials.append("\(approver) is not active")
        } else if !ruling.needs.contains(where: { $0.people.contains(world.same(approver)) }) {
            ruling.denials.append("\(approver) may not approve windows on \(ask.group.path)")
        }
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
        if ask.duration > rule.maximumDuration {
            ruling.denials.append("\(ask.duration) is longer than \(rule.maximumDuration), the most that is allowed")
        }
        if ask.reason.isEmpty { ruling.denials.append("breaking the glass asks for a reason; give one with --reason") }
        return ruling
    }
}

extension AccessRuling {
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
