import AccessModel
import Persistence
import Planning

/// Reads what was written down earlier and counts as much as the files do.
struct RecordReader {
    private let session: any SQLSession
    private let now: Instant

    init(_ session: any SQLSession, now: Instant) {
        self.session = session
        self.now = now
    }

    func recordedState() throws -> RecordedState {
        var state = RecordedState()
        let bindings = BindingStore(session)
        for binding in try bindings.bindings() {
            let key = RecordedState.EntryKey(tenant: binding.tenant, list: binding.list, address: binding.address)
            state.bindings[key] = RecordedState.Binding(person: binding.person, firstSeen: binding.firstSeen)
        }
        for confirmation in try bindings.confirmations() {
            state.confirmations[confirmation.person, default: [:]][confirmation.tenant] = confirmation.confirmedAt
        }
        let ownership = OwnershipStore(session)
        state.ownedGroups = try ownership.owned(.group)
        state.ownedFacts = try ownership.owned(.fact)
        state.disabledSince = try ownership.disabledSince()
        let holds = HoldStore(session)
        for (scope, people) in try holds.removals(since: now - .hours(1)) {
            if let target = Slug(scope) { state.recentRemovals[target] = people }
        }
        for hold in try holds.holds(.approved) where hold.kind == PlanHold.kind {
            state.releasedChanges.formUnion(PlanHold(hold.body)?.changes ?? [])
        }
        for hold in try holds.holds(.approved) where hold.kind == PeopleHold.rows {
            for row in PeopleHold.rows(of: hold) { state.releasedDepartures[row.id] = row.statedFrom }
        }
        for hold in try holds.holds(.open) where hold.kind == PlanHold.kind {
            state.heldChanges.formUnion(PlanHold(hold.body)?.changes ?? [])
        }
        return state
    }
}
