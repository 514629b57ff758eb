import AccessModel
import Persistence
import Planning

/// Reads what was written down earlier and counts as much as the files do, as it stood at a time.
struct RecordReader {
    private let session: any SQLSession
    private let now: Instant

    init(_ session: any SQLSession, now: Instant) {
        self.session = session
        self.now = now
    }

    /// All that a plan depends on. What is owned, disabled and held is as it is now, whatever the time.
    func recordedState() throws -> RecordedState {
        var state = try desiredState()
        let ownership = OwnershipStore(session)
        state.ownedGroups = try ownership.owned(.group)
        state.ownedFacts = try ownership.owned(.fact)
        state.disabledSince = try ownership.disabledSince()
        try readHolds(into: &state)
        return state
    }

    /// All that `desired` depends on: whom entries meant, and who was confirmed.
    func desiredState() throws -> RecordedState {
        var state = RecordedState()
        let bindings = BindingStore(session)
        for binding in try bindings.bindings(at: now) {
            let key = RecordedState.EntryKey(tenant: binding.tenant, list: binding.list, address: binding.address)
            state.bindings[key] = RecordedState.Binding(person: binding.person, firstSeen: binding.firstSeen)
        }
        for confirmation in try bindings.confirmations(at: now) {
            state.confirmations[confirmation.person, default: [:]][confirmation.tenant] = confirmation.confirmedAt
        }
        state.lostGrants = try WindowStore(session).lost(at: now)
        return state
    }

    /// An approval counts for a day: what it let go is done by then, or wants to be looked at again. What was rejected
    /// stays held until its cause is gone.
    private func readHolds(into state: inout RecordedState) throws {
        let store = HoldStore(session)
        for (scope, people) in try store.removals(since: now - .hours(1)) {
            if let target = Slug(scope) { state.recentRemovals[target] = people }
        }
        for (scope, memberships) in try store.removedMemberships(since: now - .hours(1)) {
            if let target = Slug(scope) { state.recentRemovedMemberships[target] = memberships }
        }
        for hold in try store.holds() where hold.kind == PlanHold.kind {
            guard let plan = PlanHold(hold.body) else { continue }
            let changes = plan.changes
            guard plan.needs.isEmpty else {
                // It lets go what it was asked for, and nothing that a policy asks for since.
                guard hold.state == .approved, let at = hold.decidedAt, at > now - .days(1) else { continue }
                for change in changes { state.agreedTo[change, default: []].formUnion(plan.needs.map(\.key)) }
                continue
            }
            switch hold.state {
            case .open, .rejected: state.heldChanges.formUnion(changes)
            case .approved:
                guard let decidedAt = hold.decidedAt, decidedAt > now - .days(1) else { continue }
                state.releasedChanges.formUnion(changes)
            }
        }
        state.heldChanges.subtract(state.releasedChanges)
        for hold in try store.holds(.approved) where hold.kind == PeopleHold.rows {
            for row in PeopleHold.statedRows(hold) {
                state.releasedPeople[row.id, default: []].insert(row.statedFrom)
            }
        }
    }
}
