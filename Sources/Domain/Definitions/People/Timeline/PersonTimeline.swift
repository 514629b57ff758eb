import AccessModel

/// All that HR ever said about one person. What follows from it depends on what was said, never on the order in
/// which it arrived.
///
/// - Of two words about one attribute the one with the later effective time stands; then the one said later.
/// - A snapshot counts as of its own time. What an event said later than that stands against it, even when the event
///   reaches further back.
/// - A snapshot alone never brings back somebody who left or was compromised: that takes a `rehired` or a `returned`
///   event, or a ``Release``.
public struct PersonTimeline: Sendable {
    public let id: PersonID
    /// Sorted by when they were stated first.
    public let rows: [StatedRow]
    /// In the order in which they take effect.
    public let events: [HREvent]
    public let releases: [Release]
    /// As of when the whole snapshots held that were taken in, sorted: with them a row is known to have been stated at
    /// each of those within its span. Without, it is at the ends of its span only.
    public let snapshots: [Instant]

    /// Takes them in any order; all must be about `id`, others are left out.
    public init(
        id: PersonID, rows: [StatedRow] = [], events: [HREvent] = [], releases: [Release] = [],
        snapshots: [Instant] = []
    ) {
        self.id = id
        self.rows = rows.filter { $0.id == id }.sorted(by: Self.isEarlier)
        self.events = events.filter { $0.person == id }.sorted()
        self.releases = releases.sorted()
        self.snapshots = snapshots
    }

    /// Rows of one snapshot time are told apart by when they came in, then by their bytes.
    private static func isEarlier(_ left: StatedRow, _ right: StatedRow) -> Bool {
        if left.statedFrom != right.statedFrom { return left.statedFrom < right.statedFrom }
        if left.importedAt != right.importedAt { return left.importedAt < right.importedAt }
        return left.row.json.canonicalBytes.lexicographicallyPrecedes(right.row.json.canonicalBytes)
    }

    /// The same, and one more row.
    public func adding(_ row: StatedRow) -> PersonTimeline {
        let times =
            snapshots.isEmpty || snapshots.contains(row.statedFrom)
            ? snapshots : (snapshots + [row.statedFrom]).sorted()
        return PersonTimeline(id: id, rows: rows + [row], events: events, releases: releases, snapshots: times)
    }

    /// The same, and one more event.
    public func adding(_ event: HREvent) -> PersonTimeline {
        PersonTimeline(id: id, rows: rows, events: events + [event], releases: releases, snapshots: snapshots)
    }

    /// The person at `now`; nil while HR has not named the person. Somebody whose `joined` event was said by then and
    /// counts later has not started.
    ///
    /// - Parameter limit: How long they may be here at most, beside what `days` has for their kind.
    public func state(at now: Instant, in days: DayBoundaries, limit: StayRule? = nil) -> PersonState? {
        var fold = TimelineFold(id: id, days: days)
        for statement in statements(until: now) { fold.apply(statement) }
        fold.settle(until: now)
        if fold.isKnown { return fold.state(at: now, nextWord: nextWord(after: now), limit: limit) }
        return announced(at: now, in: days)
    }

    /// When the person's state will next differ without a further word from HR; nil when it will not.
    public func nextChange(after now: Instant, in days: DayBoundaries) -> Instant? {
        if let state = state(at: now, in: days) { return state.nextChange }
        return nextWordOrAnnouncement(after: now)
    }

    /// The first joining that was said by `now` and counts later.
    private func announced(at now: Instant, in days: DayBoundaries) -> PersonState? {
        guard let first = events.first(where: { $0.kind == .joined && $0.time <= now && $0.effective > now }) else {
            return nil
        }
        var fold = TimelineFold(id: id, days: days)
        for statement in statements(until: first.effective) { fold.apply(statement) }
        guard let state = fold.state(at: first.effective, nextWord: nil, limit: nil) else { return nil }
        let day = max(days.day(of: first.effective), state.person.startDate ?? days.day(of: first.effective))
        return PersonState(
            person: state.person, presence: .notStarted(day), presenceCause: first.cause, presenceSince: first.time,
            nextChange: nextWordOrAnnouncement(after: now))
    }

    /// Before somebody is here, that a joining is announced is news as well.
    private func nextWordOrAnnouncement(after now: Instant) -> Instant? {
        let announcements = events.filter { $0.kind == .joined && $0.time > now }.map(\.time)
        return (announcements + [nextWord(after: now)].compactMap { $0 }).min()
    }

    /// The first word that is on record and counts after `now`.
    private func nextWord(after now: Instant) -> Instant? {
        let event = events.first { $0.effective > now }?.effective
        let row = rows.first { $0.statedFrom > now }?.statedFrom
        let release = releases.first { $0.at > now }?.at
        return [event, row, release].compactMap { $0 }.min()
    }

    /// What counts by `now`, in the order in which it does.
    private func statements(until now: Instant) -> [Statement] {
        var statements = events.prefix { $0.effective <= now }.map { Statement(event: $0) }
        for (place, row) in rows.prefix(while: { $0.statedFrom <= now }).enumerated() {
            for time in Set(momentsThatMatter(of: row)) where time <= now {
                statements.append(Statement(row: row, place: place, at: time, against: fieldsSaid(after: time)))
            }
        }
        statements += releases.prefix { $0.at <= now }.map { Statement(release: $0) }
        return events.isEmpty && releases.isEmpty && rows.count < 2 ? statements : statements.sorted()
    }

    /// A row says the same all through its span; it is worth hearing again only once an event lies between.
    private func momentsThatMatter(of row: StatedRow) -> [Instant] {
        guard !events.isEmpty || !releases.isEmpty else { return [row.statedFrom] }
        let since = events.flatMap { [$0.effective, $0.time] } + releases.map(\.at)
        return [row.statedFrom] + since.compactMap { row.firstStatement(atOrAfter: $0, snapshots: snapshots) }
    }

    /// What events said after a snapshot of `time` and made to count by then.
    private func fieldsSaid(after time: Instant) -> PersonFields {
        events.reduce(into: PersonFields()) { fields, event in
            if event.time > time, event.effective <= time { fields.formUnion(event.fields) }
        }
    }

    /// Whether an event that was said after a snapshot of `time` decides the status against it.
    func decidesStatus(against time: Instant) -> Bool { fieldsSaid(after: time).contains(.status) }
}
