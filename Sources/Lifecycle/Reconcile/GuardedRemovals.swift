import AccessModel
import AuditTrail
import Persistence
import Planning
import StrictJSON

/// What the guards made of a plan's removals: those that they keep back wait in a hold for a second person, and those
/// that they let go are counted, so that an hour's portions are weighed together. What a policy wants agreed to waits
/// for those whom it asks.
struct GuardedRemovals {
    let survey: Survey
    let context: LifecycleContext

    /// Writes both, in the transaction in which the rest of the decision is written: nothing is held that was not
    /// decided, and nothing goes that is not counted.
    ///
    /// - Returns: The ids of the holds that keep something of this plan back.
    func write(_ session: any SQLSession, _ records: inout [Record]) throws -> [String] {
        try countReleased(session)
        return try hold(session, &records)
    }

    /// One hold for what a guard keeps back; the same changes held again are the same hold. Of what policies hold, one for
    /// each person.
    private func hold(_ session: any SQLSession, _ records: inout [Record]) throws -> [String] {
        let held = survey.plan.changes.filter(\.isHeld)
        let asked = held.compactMap { change in
            survey.review.asked[change.id].map { (change: change, needs: $0) }
        }
        let guarded = held.filter { survey.review.asked[$0.id] == nil }
        return try hold(guarded, session, &records)
            + (asked.isEmpty
                ? []
                : AskedHolds(context: context, definitions: survey.definitions, asked: asked).write(session, &records))
    }

    private func hold(
        _ held: [Change], _ session: any SQLSession, _ records: inout [Record]
    ) throws -> [String] {
        guard !held.isEmpty else { return [] }
        let hold = PlanHold(changes: held)
        let store = HoldStore(session)
        let waiting = try store.holds(.open).first {
            $0.kind == PlanHold.kind
                && PlanHold($0.body).map { $0.needs.isEmpty && $0.changes == hold.changes } ?? false
        }
        if let waiting { return [waiting.id] }
        return [try PlanHold.open(hold, context, session, &records)]
    }

    private func countReleased(_ session: any SQLSession) throws {
        let store = HoldStore(session)
        let counted = survey.judgement.approved.changes.filter(\.isCounted)
        for (target, changes) in Dictionary(grouping: counted, by: \.target) {
            var memberships: [String: Int] = [:]
            for change in changes {
                guard let person = change.identity?.description else { continue }
                memberships[person, default: 0] += change.fact.kind == .membership ? 1 : 0
            }
            try store.recordRemovals(memberships.keys, memberships: memberships, scope: target.text, at: context.now)
        }
        try store.pruneRemovals(until: context.now - .hours(2))
    }
}
