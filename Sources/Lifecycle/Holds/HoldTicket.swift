import AccessModel
import Persistence
import Policies

/// A hold, and what is still asked for before it is released.
public struct HoldTicket: Sendable {
    public let hold: HoldStore.Hold
    /// What policies ask for; empty where any second person decides.
    public let needs: [Need]
    /// Until when it can be agreed to; nil: as long as it is open.
    public let until: Instant?

    public struct Need: Hashable, Sendable {
        /// In words: `2 of the group's approvers within 4h`.
        public let text: String
        public let count: Int
        /// Who agreed and counts, each person once.
        public let agreed: [PersonID]
        /// Who else may.
        public let open: [PersonID]

        public var missing: Int { max(0, count - agreed.count) }
    }

    /// How many agreements are missing in all.
    public var missing: Int { needs.reduce(0) { $0 + $1.missing } }
}

extension HoldTicket {
    /// Resolves who may agree now: distinct people who are active, neither who opened the hold nor whom it gives
    /// something. An agreement counts as long as who gave it is among them.
    init(_ hold: HoldStore.Hold, _ world: AccessWorld?) {
        self.hold = hold
        guard let plan = PlanHold(hold.body), hold.kind == PlanHold.kind, !plan.needs.isEmpty else {
            (needs, until) = ([], nil)
            return
        }
        until = plan.deadline(openedAt: hold.openedAt)
        needs = plan.needs.map { requirement in
            guard let world else {
                return Need(text: requirement.text, count: requirement.count, agreed: [], open: [])
            }
            let people = world.mayAgree(to: requirement, plan, openedBy: hold.openedBy)
            let agreed = Set(plan.agreements.map { world.same($0.person) })
            return Need(
                text: requirement.text, count: requirement.count, agreed: people.filter { agreed.contains($0) },
                open: people.filter { !agreed.contains($0) })
        }
    }
}

extension AccessWorld {
    /// Who may agree: distinct people who are active, neither who opened the hold nor whom it gives something.
    func mayAgree(
        to requirement: ApprovalRequirement, _ plan: PlanHold, openedBy: String
    ) -> [PersonID] {
        let own = Set((plan.subjects + [PersonID(openedBy)].compactMap { $0 }).map { same($0) })
        let named: [PersonID]
        switch (requirement.from, plan.group) {
        case (.approvers, nil): named = []
        case (.approvers, let group?):
            named = eligibility.approvers(for: group, requester: plan.subjects.first, needed: requirement.count)
        case (.secondPerson, _): named = input.roster.ids.filter { isActive($0) }
        case (.any(let groups, let people), _):
            named = PolicyWorld(input).people(in: groups, named: people).filter { isActive($0) }
        }
        return Set(named.map { same($0) }).subtracting(own).filter { isActive($0) }.sorted()
    }
}
