import AccessModel
import Definitions
import Persistence

/// Finds people by address, and counts them, without reading everybody. It says what reading everybody would say.
struct PeopleIndex {
    let session: any SQLSession
    let now: Instant
    let days: DayBoundaries

    private var store: PeopleIndexStore { PeopleIndexStore(session) }
    private var rules: String { days.name }

    /// All who bear one of the addresses, or ever did.
    func people(bearing addresses: [EmailAddress]) throws -> Set<PersonID> {
        guard !addresses.isEmpty else { return [] }
        try catchUp()
        return try store.people(bearing: addresses.map(\.folded))
    }

    /// How many are active.
    func countActive() throws -> Int {
        try catchUp()
        try write(try timelines(of: try store.outdated(at: now, by: rules)))
        return try store.countActive(at: now, by: rules)
    }

    /// Brings one person up to date; `timeline` is all that is written of them.
    func update(_ timeline: PersonTimeline) throws {
        try store.add(Set(timeline.addresses.map(\.folded)).sorted(), of: timeline.id)
        try write([timeline])
        try store.unmark([timeline.id])
    }

    /// Brings everybody up to date of whom something was written since; after a snapshot that is nearly everybody.
    private func catchUp() throws {
        let people = try store.unindexed()
        guard !people.isEmpty else { return }
        let timelines = try timelines(of: people)
        for timeline in timelines { try store.add(Set(timeline.addresses.map(\.folded)).sorted(), of: timeline.id) }
        try write(timelines)
        try store.unmark(people)
    }

    private func write(_ timelines: [PersonTimeline]) throws { try store.set(timelines.map(presence)) }

    /// One by one where they are few; else everybody is read once.
    private func timelines(of people: [PersonID]) throws -> [PersonTimeline] {
        let archive = PeopleArchive(session)
        guard people.count > 64 else { return try archive.timelines(of: Set(people)) }
        let wanted = Set(people)
        return try archive.timelines().filter { wanted.contains($0.id) }
    }

    private func presence(of timeline: PersonTimeline) -> PeopleIndexStore.Presence {
        PeopleIndexStore.Presence(
            person: timeline.id, rules: rules, isActive: timeline.state(at: now, in: days)?.isActive ?? false,
            since: now, until: timeline.nextChange(after: now, in: days))
    }
}

extension PersonTimeline {
    /// All that the person was ever said to bear.
    var addresses: [EmailAddress] { rows.flatMap(\.row.person.addresses) + events.flatMap(\.addresses) }
}

extension HREvent {
    /// Addresses and aliases that it names.
    var addresses: [EmailAddress] {
        attributes.flatMap { attribute -> [EmailAddress] in
            switch attribute {
            case .email(let address): [address]
            case .aliases(let addresses): addresses
            default: []
            }
        }
    }

    /// The managers that it names.
    var managers: [PersonID] {
        attributes.compactMap { attribute in
            if case .manager(let manager) = attribute { manager } else { nil }
        }
    }
}
