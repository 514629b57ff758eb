import AccessModel
import Definitions
import Persistence
import Policies

/// Reads back all that HR ever said, and what follows from it at a time.
public struct PeopleArchive {
    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    /// Everybody, as of `now`. Without a zone, that of the definitions in force is not known, and UTC is taken.
    public func roster(at now: Instant, timezone: String = "UTC") throws -> Roster {
        let days = DayBoundaries(timezone: timezone) ?? .utc
        return Roster(of: try timelines(), at: now, in: days) { $0.state(at: now, in: days) }
    }

    /// These people, as of `now`; who was never named is not among them. It costs what they cost, however many there are.
    func roster(of people: Set<PersonID>, at now: Instant, in definitions: DefinitionSet) throws -> Roster {
        definitions.roster(of: try timelines(of: people), at: now, vouched: now)
    }

    /// Everybody, as of `now`, by an organisation's days and the longest stays that it and its policies allow.
    ///
    /// - Parameter vouched: The latest that it surely is, where that is earlier: who is not here by then is not yet.
    public func roster(at now: Instant, vouched: Instant? = nil, in definitions: DefinitionSet) throws -> Roster {
        definitions.roster(of: try timelines(), at: now, vouched: vouched ?? now)
    }

    /// All of a roster whom an id or an address can mean.
    ///
    /// - Parameter definitions: Nil before the first apply: then days are those of UTC.
    func roster(around text: String, at now: Instant, in definitions: DefinitionSet?) throws -> Roster {
        guard let people = try candidates(text) else {
            return try definitions.map { try roster(at: now, in: $0) } ?? roster(at: now)
        }
        let timelines = try timelines(of: people)
        guard let definitions else { return Roster(timelines.compactMap { $0.state(at: now, in: .utc) }) }
        return definitions.roster(of: timelines, at: now, vouched: now)
    }

    /// Nil where it is quicker to look at everybody: after a snapshot nobody is indexed.
    private func candidates(_ text: String) throws -> Set<PersonID>? {
        if let id = PersonID(text) { return [id] }
        guard let address = EmailAddress(text) else { return [] }
        let index = PeopleIndexStore(session)
        let unindexed = try index.unindexed()
        guard unindexed.count <= 64 else { return nil }
        return try index.people(bearing: [address.folded]).union(unindexed)
    }

    /// Whom limits on stays put out that `previous`, the definitions in force, do not have.
    func endedByNewLimits(
        _ definitions: DefinitionSet, previous: Organization, at now: Instant
    ) throws -> Set<PersonID> {
        guard definitions.organization.limitsStays(otherwiseThan: previous) else { return [] }
        let before = DefinitionSet(organization: previous, files: []).stays(at: now)
        let after = definitions.stays(at: now)
        let ended = try timelines().filter { timeline in
            after.state(of: timeline)?.isOutByLimit == true && before.state(of: timeline)?.isOutByLimit == false
        }
        return Set(ended.map(\.id))
    }

    /// Everybody's words, sorted by person.
    func timelines() throws -> [PersonTimeline] {
        let store = PeopleStore(session)
        return try timelines(
            rows: try store.rows(), events: try store.events(), releases: try store.releases(),
            snapshots: try store.snapshots().map(\.asOf))
    }

    /// The words of these people, sorted by person; who was never named is left out.
    func timelines(of people: Set<PersonID>) throws -> [PersonTimeline] {
        let store = PeopleStore(session)
        let rows = try store.rows(of: people)
        // They tell when a row was said again; who has none does not need them.
        let snapshots = rows.isEmpty ? [] : try store.snapshots().map(\.asOf)
        return try timelines(
            rows: rows, events: try store.events(of: people), releases: try store.releases(of: people),
            snapshots: snapshots)
    }

    private func timelines(
        rows: [PeopleStore.Row], events: [PeopleStore.Event], releases: [PeopleStore.Release], snapshots: [Instant]
    ) throws -> [PersonTimeline] {
        var words: [PersonID: Words] = [:]
        for row in rows {
            guard var stated = StatedRow(json: row.body) else { throw corrupt(row.person) }
            stated.statedUntil = row.until
            words[row.person, default: Words()].rows.append(stated)
        }
        for event in events {
            words[event.person, default: Words()].events.append(try HREvent(stored: event))
        }
        for release in releases {
            let hold = release.body["hold"]?.string ?? ""
            words[release.person, default: Words()].releases.append(Release(holdID: hold, at: release.releasedAt))
        }
        return words.map { person, words in
            PersonTimeline(
                id: person, rows: words.rows, events: words.events, releases: words.releases, snapshots: snapshots)
        }.sorted { $0.id < $1.id }
    }

    private struct Words {
        var rows: [StatedRow] = []
        var events: [HREvent] = []
        var releases: [Release] = []
    }

    private func corrupt(_ person: PersonID) -> LifecycleError {
        LifecycleError(
            code: .corrupt, operation: "read what HR said of \(person)", message: "a row is not one that Tenure wrote")
    }
}

extension Organization {
    fileprivate func limitsStays(otherwiseThan other: Organization) -> Bool {
        func limits(_ organization: Organization) -> [PolicyDefinition] {
            organization.policies.filter { $0.kinds.contains(.person) && $0.effects.limit != nil }
        }
        return platform.maximumStay != other.platform.maximumStay || limits(self) != limits(other)
    }
}

extension DefinitionSet {
    /// When people are here at one moment.
    struct Stays {
        let now: Instant
        let days: DayBoundaries
        let limit: StayRule?

        func state(of timeline: PersonTimeline) -> PersonState? { timeline.state(at: now, in: days, limit: limit) }
    }

    func stays(at now: Instant) -> Stays {
        Stays(
            now: now, days: DayBoundaries(organization.platform), limit: policies.stayRule(of: organization, at: now))
    }

    func roster(of timelines: [PersonTimeline], at now: Instant, vouched: Instant) -> Roster {
        let stays = stays(at: now)
        guard vouched < now else {
            return Roster(of: timelines, at: now, in: stays.days) { stays.state(of: $0) }
        }
        let before = self.stays(at: vouched)
        return Roster(of: timelines, at: now, in: stays.days) { timeline in
            let surely = before.state(of: timeline)
            return surely?.isActive == true ? stays.state(of: timeline) : surely
        }
    }
}

extension HREvent {
    init(stored: PeopleStore.Event) throws {
        guard let event = HREvent(json: stored.body) else {
            throw LifecycleError(
                code: .corrupt, operation: "read the HR event \(stored.id)", message: "it is not one that Tenure wrote")
        }
        self = event
    }
}

extension Roster {
    /// The person of an id or an address, as it is typed on a command line.
    public func find(_ text: String) throws -> PersonState {
        if let id = PersonID(text), let state = self[id] { return state }
        let bearers: [PersonState] = EmailAddress(text).map { self.bearers(of: $0) } ?? []
        let present = bearers.filter { $0.presence != .left }
        let candidates = present.isEmpty ? bearers : present
        guard let only = candidates.first, candidates.count == 1 else {
            throw LifecycleError(
                code: .unknown, operation: "find the person",
                message: candidates.isEmpty
                    ? "nobody is called `\(text)`; give an id or an e-mail that HR has named"
                    : "`\(text)` is borne by \(candidates.map(\.person.id.text).joined(separator: " and ")); give an id"
            )
        }
        return only
    }
}
