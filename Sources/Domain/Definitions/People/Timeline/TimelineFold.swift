import AccessModel

/// A person while HR's words are applied one after another, in the order in which they count.
struct TimelineFold {
    struct Standing {
        var status: Person.Status
        var cause: Cause
        var since: Instant

        /// Out until an event or a release says otherwise.
        var isOut: Bool { status == .left || status == .compromised }
    }

    /// `left`, with a last day to come.
    private struct Departure {
        var at: Instant
        var cause: Cause
        /// Whether it goes with the end date when that is moved.
        var followsEnd: Bool
    }

    private let days: DayBoundaries
    private var draft = PersonDraft()
    private var knownSince: Instant?
    private var standing: Standing?
    private var departure: Departure?
    /// Since when the dates are as they are.
    private var datesSince = Instant(milliseconds: 0)
    private var moves: [PersonState.Move] = []
    private var profileChange: PersonState.Move?
    /// What the snapshots said last, for a release.
    private var lastRow: (row: StatedRow, at: Instant)?

    init(id: PersonID, days: DayBoundaries) {
        self.days = days
        draft.id = id
    }

    var isKnown: Bool { standing != nil && draft.email != nil && draft.kind != nil }

    mutating func apply(_ statement: Statement) {
        settle(until: statement.effective)
        switch statement.word {
        case .event(let event): apply(event)
        case .row(let row, let fields): apply(row, at: statement.effective, except: fields)
        case .release(let release): apply(release)
        }
        if knownSince == nil, isKnown { knownSince = statement.effective }
    }

    /// Lets a departure that was announced take place.
    mutating func settle(until now: Instant) {
        guard let leaving = departure, leaving.at <= now else { return }
        departure = nil
        set(.left, leaving.cause, since: leaving.at)
    }

    /// A status that is said again keeps what it rested on first.
    private mutating func set(_ status: Person.Status, _ cause: Cause, since: Instant) {
        guard standing?.status != status else { return }
        standing = Standing(status: status, cause: cause, since: since)
    }

    /// Notes a move if the person was known and held another post before.
    private mutating func noteMove(from before: PersonDraft.Post?, at time: Instant, _ cause: Cause) {
        guard let before, draft.post != before else { return }
        moves.append(PersonState.Move(effective: time, cause: cause))
    }

    /// Notes it if the person was known under other attributes before.
    private mutating func noteProfile(from before: PersonDraft?, at time: Instant, _ cause: Cause) {
        guard let before, draft.profile != before.profile else { return }
        profileChange = PersonState.Move(effective: time, cause: cause)
    }

    private var known: PersonDraft? { isKnown ? draft : nil }
}

// MARK: Snapshots

extension TimelineFold {
    private mutating func apply(_ stated: StatedRow, at time: Instant, except fields: PersonFields) {
        defer { lastRow = (stated, time) }
        guard !stated.isAbsence else {
            if isKnown, !fields.contains(.status) {
                departure = nil
                set(.left, .snapshot(asOf: time, note: "absent"), since: time)
            }
            return
        }
        let row = stated.row
        let dates = [draft.start, draft.end]
        let before = known
        draft.apply(row, except: fields)
        noteMove(from: before?.post, at: time, .snapshot(asOf: time, note: row.moveNote(since: before?.post)))
        noteProfile(from: before, at: time, .snapshot(asOf: time, note: "attributes changed"))
        if [draft.start, draft.end] != dates { datesSince = time }
        guard !fields.contains(.status) else { return }
        let cause = Cause.snapshot(asOf: time, note: "status \(row.person.status.rawValue)")
        switch row.person.status {
        case .left: leave(stated, at: time, cause)
        case .active, .suspended, .compromised:
            guard standing?.isOut != true else { return }
            departure = nil
            set(row.person.status, cause, since: time)
        }
    }

    private mutating func leave(_ stated: StatedRow, at time: Instant, _ cause: Cause) {
        guard standing?.status != .left else { return }
        let end = stated.row.end?.end(in: days)
        if let end, end > time {
            departure = Departure(at: end, cause: cause, followsEnd: true)
            if standing == nil { set(.active, cause, since: time) }
        } else if end == nil, stated.importedAt > time, standing != nil {
            // Said in hindsight: the person was here until it was known.
            departure = Departure(at: stated.importedAt, cause: cause, followsEnd: false)
        } else {
            departure = nil
            set(.left, cause, since: time)
        }
    }

    /// What the snapshots said last counts in full, whatever the person was.
    private mutating func apply(_ release: Release) {
        guard let (stated, time) = lastRow, !stated.isAbsence, stated.row.person.status != .left,
            standing?.isOut == true
        else { return }
        let note = "status \(stated.row.person.status.rawValue), released from hold \(release.holdID)"
        set(stated.row.person.status, .snapshot(asOf: time, note: note), since: release.at)
    }
}

extension SnapshotRow {
    fileprivate func moveNote(since before: PersonDraft.Post?) -> String {
        guard let before else { return "" }
        var parts: [String] = []
        func compare(_ name: String, _ old: String, _ new: String) {
            guard old != new else { return }
            parts.append("\(name) from `\(old)` to `\(new)`")
        }
        compare("department", before.department, person.department)
        compare("title", before.title, person.title)
        compare("manager", before.manager?.text ?? "", person.manager?.text ?? "")
        return parts.joined(separator: ", ")
    }
}

// MARK: Events

extension TimelineFold {
    private mutating func apply(_ event: HREvent) {
        let wasOut = standing?.isOut == true
        let before = known
        applyAttributes(of: event)
        noteProfile(from: before, at: event.effective, event.cause)
        if event.kind == .moved {
            moves.append(PersonState.Move(effective: event.effective, cause: event.cause))
        } else {
            noteMove(from: before?.post, at: event.effective, event.cause)
        }
        switch event.kind {
        case .joined:
            if !wasOut { set(event.statedStatus ?? .active, event.cause, since: event.effective) }
        case .suspended:
            if !wasOut { set(.suspended, event.cause, since: event.effective) }
        case .compromised: set(.compromised, event.cause, since: event.effective)
        case .left: leave(by: event)
        case .returned, .rehired: comeBack(by: event, wasOut: wasOut)
        case .extended: moveDeparture()
        case .moved: break
        }
    }

    private mutating func applyAttributes(of event: HREvent) {
        for attribute in event.attributes {
            if attribute.field == .status { continue }
            if attribute.field == .startDate || attribute.field == .endDate { datesSince = event.effective }
            draft.apply(attribute)
        }
    }

    /// Unless the event says when it counts, a last day that it names is still worked.
    private mutating func leave(by event: HREvent) {
        if !event.statesEffective, event.names(.endDate), let end = draft.end?.end(in: days), end > event.effective {
            departure = Departure(at: end, cause: event.cause, followsEnd: true)
        } else {
            departure = nil
            set(.left, event.cause, since: event.effective)
        }
    }

    private mutating func comeBack(by event: HREvent, wasOut: Bool) {
        departure = nil
        set(.active, event.cause, since: event.effective)
        let today = days.day(of: event.effective)
        let isOver = draft.end.map { $0.end(in: days) <= event.effective } ?? false
        if event.kind == .rehired, !event.names(.startDate) { draft.start = .day(today) }
        // Whoever is here for a time stays out until HR names the new last day.
        guard draft.kind?.needsEndDate != true, !event.names(.endDate) else { return }
        if event.kind == .rehired || (wasOut && isOver) { draft.end = nil }
    }

    private mutating func moveDeparture() {
        guard departure?.followsEnd == true, let end = draft.end?.end(in: days) else { return }
        departure?.at = end
    }
}

extension HREvent {
    fileprivate func names(_ field: PersonField) -> Bool { attributes.contains { $0.field == field } }

    fileprivate var statedStatus: Person.Status? {
        for case .status(let status) in attributes { return status }
        return nil
    }
}

// MARK: The result

extension TimelineFold {
    /// Nil while the person is not known.
    func state(at now: Instant, nextWord: Instant?, limit: StayRule?) -> PersonState? {
        guard let standing, let person = draft.person(status: standing.status) else { return nil }
        let ceiling = days.maximumStay[person.kind].flatMap { stayEnd(StayLimit(days: $0), of: person) }
        let state = state(of: person, standing, at: now, nextWord: nextWord, stay: ceiling)
        guard let limit = limit?(state), let stay = stayEnd(limit, of: person),
            ceiling.map({ stay.lastDay < $0.lastDay }) ?? true
        else { return state }
        return self.state(of: person, standing, at: now, nextWord: nextWord, stay: stay)
    }

    private func state(
        of person: Person, _ standing: Standing, at now: Instant, nextWord: Instant?, stay: StayEnd?
    ) -> PersonState {
        let start = draft.start?.start(in: days)
        let lastDay = stay.map { .day($0.lastDay) } ?? draft.end
        let end = lastDay?.end(in: days)
        let presence = self.presence(standing, at: now, start: start, end: end, lastDay: lastDay)
        let ahead = [departure?.at] + (standing.isOut ? [] : [start, end])
        let next = (ahead + [nextWord]).compactMap { $0 }.filter { $0 > now }.min()
        return PersonState(
            person: person, presence: presence.kind, presenceCause: presence.cause, presenceSince: presence.since,
            moves: moves, profileChange: profileChange, stayEnd: stay, nextChange: next)
    }

    private struct Presence {
        let kind: PersonState.Presence
        let cause: Cause
        let since: Instant
    }

    /// What a limit leaves from the first day on, or from when the person was first heard of where HR named none; nil
    /// where HR's own last day is no later.
    private func stayEnd(_ limit: StayLimit, of person: Person) -> StayEnd? {
        guard let first = person.startDate ?? knownSince.map({ days.day(of: $0) }) else { return nil }
        let allowed = CalendarDay(daysSinceEpoch: first.daysSinceEpoch + limit.days - 1)
        if let end = draft.end, end.end(in: days) <= days.end(of: allowed) { return nil }
        return StayEnd(lastDay: allowed, limit: limit)
    }

    private func presence(_ standing: Standing, at now: Instant, start: Instant?, end: Instant?, lastDay: DayOrTime?)
        -> Presence
    {
        func resting(_ kind: PersonState.Presence) -> Presence {
            Presence(kind: kind, cause: standing.cause, since: standing.since)
        }
        switch standing.status {
        case .compromised: return resting(.compromised)
        case .left: return resting(.left)
        case .active, .suspended: break
        }
        if let end, end <= now, let day = lastDay?.day {
            return Presence(kind: .ended(day), cause: .ended(day), since: max(end, datesSince))
        }
        if let start, start > now, let day = draft.start?.day {
            return Presence(kind: .notStarted(day), cause: .notStarted(day), since: standing.since)
        }
        if standing.status == .suspended { return resting(.suspended) }
        return Presence(kind: .active, cause: standing.cause, since: max(standing.since, start ?? standing.since))
    }
}
