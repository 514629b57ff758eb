import AccessModel
import Definitions
import Planning

/// The rules that every plan is judged by.
///
/// One change that breaks a rule denies the plan: nothing that grants runs, as a plan that asks for what must never be
/// is not to be trusted in the rest. Revocations are never blocked: what lessens access runs all the same, except what
/// a guard holds. What is held, and what is meant for a target in mode `report`, never runs and denies nothing.
public struct PolicySet: Sendable {
    private let rules: [BuiltInRule]

    /// The rules in force whatever the organisation writes.
    public static let builtIn = PolicySet(rules: BuiltInRule.allCases)

    /// Judges a plan by the definitions that it follows. A plan that follows others is denied.
    public func judge(_ plan: Plan, organization: Organization) -> Judgement {
        let enforced = Set(organization.targets.lazy.filter { $0.mode == .enforce }.map(\.name))
        let runnable = plan.changes.filter { !$0.isHeld && enforced.contains($0.target) }
        let reasons = reasons(against: plan, organization: organization)
        func approve(_ changes: [Change]) -> ApprovedPlan {
            ApprovedPlan(
                changes: changes, planHash: plan.hash, definitionsRevision: plan.definitionsRevision)
        }
        guard reasons.isEmpty else {
            return .denied(
                revocations: approve(runnable.filter(\.lessensAccess)),
                Verdict(outcome: .denied, reasons: reasons))
        }
        return .approved(approve(runnable), Verdict(outcome: .approved, reasons: held(plan)))
    }

    private func reasons(against plan: Plan, organization: Organization) -> [Verdict.Reason] {
        var reasons: [Verdict.Reason] = []
        if plan.definitionsRevision != organization.revision {
            reasons.append(
                Verdict.Reason(
                    rule: "same-definitions",
                    message: "the plan follows definitions \(plan.definitionsRevision), in force are "
                        + "\(organization.revision); plan again",
                    changes: []))
        }
        let live = Set(organization.platform.tiers.lazy.filter(\.isLive).map(\.name))
        for rule in rules {
            let broken = plan.changes.filter { rule.isBroken(by: $0, liveTiers: live) }
            guard !broken.isEmpty else { continue }
            reasons.append(Verdict.Reason(rule: rule.rawValue, message: rule.message, changes: broken.map(\.id)))
        }
        return reasons
    }

    private func held(_ plan: Plan) -> [Verdict.Reason] {
        let held = plan.changes.filter(\.isHeld)
        guard !held.isEmpty else { return [] }
        return [
            Verdict.Reason(
                rule: "removal-guard", message: "held for a second person: more removals at once than the guards allow",
                changes: held.map(\.id))
        ]
    }
}

/// The design's own rules, checked again where a plan is about to run, whatever made it.
enum BuiltInRule: String, CaseIterable, Sendable {
    case noStandingLiveWrite = "no-standing-live-write"
    case adminNeverStanding = "admin-never-standing"
    case noHumanOperator = "no-human-operator"
    case laneFits = "lane-fits"

    var message: String {
        switch self {
        case .noStandingLiveWrite: "nobody writes in a live tier without a window"
        case .adminNeverStanding: "admin is held for the length of a window, never standing"
        case .noHumanOperator: "operator groups hold workloads, never a person"
        case .laneFits: "what adds access belongs in the lane of grants, what takes it in the lane of revocations"
        }
    }

    func isBroken(by change: Change, liveTiers: Set<Slug>) -> Bool {
        if self == .laneFits { return change.lane == .grant ? change.operation == .remove : !change.lessensAccess }
        guard change.operation != .remove, case .membership(let membership) = change.fact,
            let group = membership.notation
        else { return false }
        let isHuman = if case .workload = membership.identity { false } else { true }
        switch self {
        case .noStandingLiveWrite:
            return group.role == .contributor && liveTiers.contains(group.tier) && !Self.hasWindow(change)
        case .adminNeverStanding: return group.role == .admin && !Self.hasWindow(change)
        case .noHumanOperator: return group.role == .operator && isHuman
        case .laneFits: return false
        }
    }

    private static func hasWindow(_ change: Change) -> Bool {
        change.causes.contains { cause in
            if case .grant = cause { true } else { false }
        }
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
