import AccessModel
import Definitions

/// Access that nobody wanted and that can do harm in a live tier: whoever holds it was put there past the definitions.
///
/// It is taken away like any drift. What makes it critical is said besides: who got it, what it can do, and whom that concerns.
struct UnwantedAccess {
    private let state: DesiredState
    private let liveTiers: Set<Slug>
    /// What is given to groups, by target; made when somebody was put beside one.
    private var given: [Int: [Place: Group]] = [:]

    private struct Place: Hashable {
        let role: String
        let scope: String
    }

    /// Notes that are written out; of the rest the number alone.
    private static let shown = 20

    init(_ state: DesiredState) {
        self.state = state
        liveTiers = Set(state.index.organization.organization.platform.tiers.lazy.filter(\.isLive).map(\.name))
    }

    /// One for each of the drafts that is such, in their order.
    mutating func notes(on drafts: [ChangeDraft]) -> [PlanNote] {
        var found = 0
        var notes: [PlanNote] = []
        for draft in drafts where draft.operation == .remove && draft.causes == [.drift] {
            guard let group = group(of: draft), group.role > .reader, liveTiers.contains(group.tier),
                let holder = holder(of: draft.fact)
            else { continue }
            found += 1
            if found <= Self.shown { notes.append(note(holder, group, state.index.layouts[draft.target].target.name)) }
        }
        if found > Self.shown { notes.append(Self.warning("\(found - Self.shown) more like these")) }
        return notes
    }

    private static func warning(_ message: String) -> PlanNote {
        PlanNote(severity: .warning, code: "critical-drift", message: "critical: \(message)")
    }

    private func note(_ holder: String, _ group: Group, _ target: Slug) -> PlanNote {
        Self.warning(
            "\(holder) is \(group.role.rawValue) of \(group.tenant) in \(group.tier), in target `\(target)`, and no definition, "
                + "event or window says so; \(concerned(group))")
    }

    /// The group that it counts for; of whoever was put beside one, that one.
    private mutating func group(of draft: ChangeDraft) -> Group? {
        if let notation = draft.fact.notation { return notation }
        guard case .roleAssignment(let assignment) = draft.fact else { return nil }
        if given[draft.target] == nil {
            var groups: [Place: Group] = [:]
            for pin in state.index.layouts[draft.target].pinned {
                guard case .roleAssignment(let wanted) = pin.fact else { continue }
                groups[Place(role: wanted.role, scope: wanted.scope)] = wanted.notation
            }
            given[draft.target] = groups
        }
        return given[draft.target]?[Place(role: assignment.role, scope: assignment.scope)]
    }

    private func holder(of fact: Fact) -> String? {
        switch fact {
        case .membership(let membership):
            let account = "`\(membership.account)`"
            if case .foreign = membership.identity { return account }
            return "\(account) (\(membership.identity))"
        case .roleAssignment(let assignment): return "`\(assignment.group)`"
        case .federatedTrust(let trust): return "`\(trust.subject)` of \(trust.issuer)"
        case .account, .group, .eligibility, .credential, .session: return nil
        }
    }

    private func concerned(_ group: Group) -> String {
        let organization = state.index.organization.organization
        guard let tenant = organization.tenant(group.tenant) else {
            return "it concerns the core sector \(group.tenant)"
        }
        let sectors = tenant.sectors.map(\.text).joined(separator: ", ")
        let admins = tenant.admins.map(\.email.text).joined(separator: ", ")
        return "it concerns \(tenant.name) in \(sectors)" + (admins.isEmpty ? "" : ", whose admins are \(admins)")
    }
}
