import AccessModel
import AuditTrail
import Definitions
import Persistence
import Policies
import StrictJSON

/// What policies want agreed to before it is given: one hold for each person and each kind of people who are asked.
struct AskedHolds {
    let context: LifecycleContext
    let definitions: DefinitionSet
    /// Changes that are held, each with what is asked for it.
    let asked: [(change: Change, needs: [ApprovalRequirement])]

    private struct Matter: Hashable {
        let person: String?
        let group: Group?
        let needs: [String]
    }

    /// Opens what does not wait yet. What was waited for too long is closed, and asked for anew.
    ///
    /// - Returns: The ids of the holds that keep these changes back, oldest first.
    func write(_ session: any SQLSession, _ records: inout [Record]) throws -> [String] {
        var open: [Matter: [Change]] = [:]
        var needs: [Matter: [ApprovalRequirement]] = [:]
        var order: [Matter] = []
        for (change, asked) in asked {
            let group = asked.contains { $0.from == .approvers } ? change.fact.notation : nil
            let matter = Matter(
                person: change.identity?.description, group: group, needs: asked.map(\.key).sorted())
            if open[matter] == nil { order.append(matter) }
            open[matter, default: []].append(change)
            needs[matter] = asked
        }
        var ids: [String] = []
        for (id, plan) in try waiting(session, &records) {
            let matter = Matter(
                person: plan.people.first, group: plan.group, needs: plan.needs.map(\.key).sorted())
            guard let changes = open[matter] else { continue }
            let known = Set(plan.changes)
            if changes.contains(where: { known.contains($0.id) }) { ids.append(id) }
            open[matter] = changes.filter { !known.contains($0.id) }
        }
        let new = order.compactMap { matter -> PlanHold? in
            guard let changes = open[matter], !changes.isEmpty, let asked = needs[matter] else { return nil }
            return PlanHold(changes: changes, needs: asked, group: matter.group)
        }
        guard !new.isEmpty else { return ids }
        let world = try AccessWorld(definitions, at: context, session)
        return try ids
            + new.map { try PlanHold.open($0, asked: asked(by: $0, world), context, session, &records) }
    }

    /// Whom the policies ask by name. A second person may be anybody: nobody in particular is told of that.
    private func asked(by plan: PlanHold, _ world: AccessWorld) -> [PersonID] {
        let people = plan.needs.filter { $0.from != .secondPerson }.flatMap { requirement in
            world.mayAgree(to: requirement, plan, openedBy: context.actor)
        }
        return Set(people).sorted()
    }

    private func waiting(_ session: any SQLSession, _ records: inout [Record]) throws -> [(String, PlanHold)] {
        let store = HoldStore(session)
        var waiting: [(String, PlanHold)] = []
        for hold in try store.holds(.open) where hold.kind == PlanHold.kind {
            guard let plan = PlanHold(hold.body), !plan.needs.isEmpty else { continue }
            if let deadline = plan.deadline(openedAt: hold.openedAt), deadline <= context.now {
                try store.close(hold.id, .rejected, at: context.now, by: "tenure")
                records.append(
                    .holdRejected(
                        context.ownRecord(), hold: hold.id, reason: "nobody was waited for after \(deadline)"))
            } else {
                waiting.append((hold.id, plan))
            }
        }
        return waiting
    }
}

extension PlanHold {
    /// Writes a new hold down, tells of it, and returns its id.
    static func open(
        _ plan: PlanHold, asked: [PersonID] = [], _ context: LifecycleContext, _ session: any SQLSession,
        _ records: inout [Record]
    ) throws -> String {
        let id = "hold-\(context.newID())"
        let body = plan.body
        try HoldStore(session).open(id: id, kind: kind, at: context.now, by: context.actor, body: body)
        records.append(
            .holdOpened(context.record(), hold: id, reason: plan.reason, detail: body.object ?? JSONObject()))
        try HoldNotice(hold: id, what: kind, reason: plan.reason, people: plan.people.count, asked: asked)
            .add(context, session)
        return id
    }
}
