import AccessModel
import Definitions
import Testing

@Suite struct PeopleTimelineTests {
    static let id = PersonID("e-0001")

    static func timeline(_ rows: [StatedRow] = [], _ events: [HREvent] = [], _ releases: [Release] = []) throws
        -> PersonTimeline
    {
        PersonTimeline(id: try #require(id), rows: rows, events: events, releases: releases)
    }

    /// What a snapshot said of e-0001 as of `from`, and until when it went on saying so.
    static func row(
        _ from: String, until: String? = nil, imported: String? = nil, absent: Bool = false,
        _ change: (inout Person) -> Void = { _ in }
    ) throws -> StatedRow {
        var person = Person(
            id: try #require(id), email: try #require(EmailAddress("marta@mountainlab.io")), givenName: "Marta",
            department: "Engineering", title: "Engineer")
        change(&person)
        return StatedRow(
            row: SnapshotRow(person), statedFrom: at(from), statedUntil: at(until ?? from),
            importedAt: at(imported ?? from), isAbsence: absent)
    }

    static let joined =
        "{\"email\":\"marta@mountainlab.io\",\"given_name\":\"Marta\",\"family_name\":\"Ruiz\",\"type\":\"employee\"}"

    func presence(_ timeline: PersonTimeline, _ time: String, _ zone: String = "UTC") throws -> PersonState.Presence? {
        timeline.state(at: at(time), in: try #require(DayBoundaries(timezone: zone)))?.presence
    }

    @Test func nobodyIsKnownBeforeHRNamesThem() throws {
        let timeline = try Self.timeline([try Self.row("2026-11-01T06:00:00Z")])
        #expect(timeline.state(at: at("2026-11-01T05:59:59Z"), in: .utc) == nil)
        #expect(try presence(timeline, "2026-11-01T06:00:00Z") == .active)
        #expect(timeline.nextChange(after: at("2026-10-01T00:00:00Z"), in: .utc) == at("2026-11-01T06:00:00Z"))
    }

    @Test func aRosterKnowsWhenItIsNextAnotherOne() throws {
        let timelines = try ["2026-11-01T06:00:00Z", "2026-11-02T06:00:00Z"].map { time in
            try Self.timeline([try Self.row(time)])
        }
        func next(_ time: String) -> Instant? {
            let now = at(time)
            return Roster(of: timelines, at: now, in: .utc) { $0.state(at: now, in: .utc) }.nextChange(after: now)
        }
        // Of whom it does not know yet, too.
        #expect(next("2026-10-01T00:00:00Z") == at("2026-11-01T06:00:00Z"))
        #expect(next("2026-11-01T06:00:00Z") == at("2026-11-02T06:00:00Z"))
        #expect(next("2026-11-02T06:00:00Z") == nil)
    }

    @Test func aFutureDatedEventWaitsAndFires() throws {
        let left = try PeopleFeeds.event("left", time: "2026-11-10T09:00:00Z", effective: "2026-11-20T17:00:00Z")
        let timeline = try Self.timeline([try Self.row("2026-11-01T06:00:00Z")], [left])
        let before = try #require(timeline.state(at: at("2026-11-20T16:59:59Z"), in: .utc))
        #expect(before.isActive)
        #expect(before.nextChange == at("2026-11-20T17:00:00Z"))
        let after = try #require(timeline.state(at: at("2026-11-20T17:00:00Z"), in: .utc))
        #expect(after.presence == .left)
        #expect(after.presenceCause == left.cause)
        #expect(after.presenceSince == at("2026-11-20T17:00:00Z"))
        #expect(after.nextChange == nil)
    }

    @Test func somebodyAnnouncedHasNotStarted() throws {
        let joined = try PeopleFeeds.event(
            "joined", time: "2026-11-10T09:00:00Z", effective: "2026-11-20T08:00:00Z", person: Self.joined)
        let timeline = try Self.timeline([], [joined])
        #expect(timeline.state(at: at("2026-11-10T08:00:00Z"), in: .utc) == nil)
        let announced = try #require(timeline.state(at: at("2026-11-11T00:00:00Z"), in: .utc))
        #expect(announced.presence == CalendarDay("2026-11-20").map { .notStarted($0) })
        #expect(announced.nextChange == at("2026-11-20T08:00:00Z"))
        #expect(try presence(timeline, "2026-11-20T08:00:00Z") == .active)
    }

    @Test func theLaterEffectiveTimeWinsWhateverWasSaidLast() throws {
        let first = try PeopleFeeds.event(
            "moved", id: "1", time: "2026-11-10T09:00:00Z", effective: "2026-11-12T00:00:00Z",
            person: "{\"department\":\"Data\"}")
        let late = try PeopleFeeds.event(
            "moved", id: "2", time: "2026-11-15T09:00:00Z", effective: "2026-11-11T00:00:00Z",
            person: "{\"department\":\"Sales\",\"title\":\"Seller\"}")
        let timeline = try Self.timeline([try Self.row("2026-11-01T06:00:00Z")], [late, first])
        let person = try #require(timeline.state(at: at("2026-11-20T00:00:00Z"), in: .utc)).person
        #expect(person.department == "Data")
        #expect(person.title == "Seller")
    }

    @Test func whatAnEventSaidLaterStandsAgainstASnapshot() throws {
        // Said after the snapshot of the 15th, for the time before it; the snapshot of the 20th has the last word.
        let moved = try PeopleFeeds.event(
            "moved", time: "2026-11-16T09:00:00Z", effective: "2026-11-10T00:00:00Z",
            person: "{\"department\":\"Data\"}")
        let row = try Self.row("2026-11-01T06:00:00Z", until: "2026-11-20T06:00:00Z")
        let times = ["2026-11-01T06:00:00Z", "2026-11-15T06:00:00Z", "2026-11-20T06:00:00Z"].map { at($0) }
        let timeline = PersonTimeline(id: row.id, rows: [row], events: [moved], snapshots: times)
        func department(_ time: String) -> String? { timeline.state(at: at(time), in: .utc)?.person.department }
        #expect(department("2026-11-09T00:00:00Z") == "Engineering")
        #expect(department("2026-11-10T00:00:00Z") == "Data")
        #expect(department("2026-11-15T07:00:00Z") == "Data")
        #expect(department("2026-11-20T06:00:00Z") == "Engineering")
    }

    @Test(arguments: ["left", "compromised"]) func aSnapshotAloneBringsNobodyBack(_ kind: String) throws {
        let out = try PeopleFeeds.event(kind, id: "1", time: "2026-11-10T09:00:00Z")
        let rows = [try Self.row("2026-11-01T06:00:00Z"), try Self.row("2026-11-12T06:00:00Z") { $0.title = "Lead" }]
        let timeline = try Self.timeline(rows, [out])
        #expect(try presence(timeline, "2026-11-13T00:00:00Z") == (kind == "left" ? .left : .compromised))
        let suspended = try PeopleFeeds.event("suspended", id: "2", time: "2026-11-11T09:00:00Z")
        #expect(try presence(timeline.adding(suspended), "2026-11-13T00:00:00Z")?.isOut == true)
        let joined = try PeopleFeeds.event("joined", id: "3", time: "2026-11-11T09:00:00Z", person: Self.joined)
        #expect(try presence(timeline.adding(joined), "2026-11-13T00:00:00Z")?.isOut == true)
        for back in ["rehired", "returned"] {
            let event = try PeopleFeeds.event(back, id: "4", time: "2026-11-14T09:00:00Z")
            #expect(try presence(timeline.adding(event), "2026-11-14T09:00:00Z") == .active)
        }
        let released = try Self.timeline(rows, [out], [Release(holdID: "h-1", at: at("2026-11-14T09:00:00Z"))])
        #expect(try presence(released, "2026-11-14T08:59:59Z")?.isOut == true)
        #expect(try presence(released, "2026-11-14T09:00:00Z") == .active)
    }

    @Test func suspendedAndReturned() throws {
        let suspended = try PeopleFeeds.event("suspended", id: "1", time: "2026-11-10T09:00:00Z")
        let returned = try PeopleFeeds.event("returned", id: "2", time: "2026-11-12T09:00:00Z")
        let timeline = try Self.timeline([try Self.row("2026-11-01T06:00:00Z")], [returned, suspended])
        #expect(try presence(timeline, "2026-11-11T00:00:00Z") == .suspended)
        #expect(try presence(timeline, "2026-11-12T09:00:00Z") == .active)
    }

    @Test func leftWithAnEndToComeTakesEffectAfterIt() throws {
        let row = try Self.row("2026-11-01T06:00:00Z") {
            $0.status = .left
            $0.endDate = CalendarDay("2026-11-20")
        }
        let timeline = try Self.timeline([row])
        #expect(try presence(timeline, "2026-11-20T23:59:59Z") == .active)
        #expect(try presence(timeline, "2026-11-21T00:00:00Z") == .left)
        let withdrawn = timeline.adding(try Self.row("2026-11-15T06:00:00Z"))
        #expect(try presence(withdrawn, "2026-11-21T00:00:00Z") == .active)
        let event = try PeopleFeeds.event(
            "left", time: "2026-11-10T09:00:00Z", person: "{\"end_date\":\"2026-11-20\"}")
        let byEvent = try Self.timeline([try Self.row("2026-11-01T06:00:00Z")], [event])
        #expect(try presence(byEvent, "2026-11-20T23:59:59Z") == .active)
        #expect(try presence(byEvent, "2026-11-21T00:00:00Z") == .left)
    }

    @Test func leftWithoutAnEndCountsFromTheImport() throws {
        let rows = [
            try Self.row("2026-11-01T06:00:00Z"),
            try Self.row("2026-11-20T06:00:00Z", imported: "2026-11-20T08:00:00Z") { $0.status = .left },
        ]
        let state = try #require(try Self.timeline(rows).state(at: at("2026-11-20T08:00:00Z"), in: .utc))
        #expect(state.presence == .left)
        #expect(state.presenceSince == at("2026-11-20T08:00:00Z"))
        #expect(state.presenceCause == .snapshot(asOf: at("2026-11-20T06:00:00Z"), note: "status left"))
        #expect(try presence(try Self.timeline(rows), "2026-11-20T07:59:59Z") == .active)
    }

    @Test func absenceIsLeaving() throws {
        let rows = [try Self.row("2026-11-01T06:00:00Z"), try Self.row("2026-11-02T06:00:00Z", absent: true)]
        let state = try #require(try Self.timeline(rows).state(at: at("2026-11-02T06:00:00Z"), in: .utc))
        #expect(state.presence == .left)
        #expect(state.presenceCause == .snapshot(asOf: at("2026-11-02T06:00:00Z"), note: "absent"))
        #expect(rows.map { StatedRow(json: $0.json) } == rows.map { $0 })
    }

    @Test func aRehireClearsTheEndAndSetsTheStart() throws {
        let row = try Self.row("2026-11-01T06:00:00Z") {
            $0.status = .left
            $0.endDate = CalendarDay("2026-11-05")
        }
        let rehired = try PeopleFeeds.event("rehired", id: "9", time: "2026-12-01T09:00:00Z")
        let state = try #require(try Self.timeline([row], [rehired]).state(at: at("2026-12-01T09:00:00Z"), in: .utc))
        #expect(state.isActive)
        #expect(state.person.endDate == nil)
        #expect(state.person.startDate == CalendarDay("2026-12-01"))
        // A contractor stays out until HR names the new last day.
        let contractor = try Self.row("2026-11-01T06:00:00Z") {
            $0.kind = .contractor
            $0.endDate = CalendarDay("2026-11-05")
        }
        let timeline = try Self.timeline([contractor], [rehired])
        #expect(try presence(timeline, "2026-12-01T09:00:00Z") == CalendarDay("2026-11-05").map { .ended($0) })
        let extended = try PeopleFeeds.event(
            "extended", id: "10", time: "2026-12-02T09:00:00Z", person: "{\"end_date\":\"2027-01-31\"}")
        #expect(try presence(timeline.adding(extended), "2026-12-02T09:00:00Z") == .active)
    }

    @Test func movesComeFromEventsAndFromSnapshots() throws {
        let moved = try PeopleFeeds.event(
            "moved", time: "2026-11-10T09:00:00Z", person: "{\"department\":\"Data\"}")
        let rows = [
            try Self.row("2026-11-01T06:00:00Z"),
            // HR's feed follows its own event: no second move.
            try Self.row("2026-11-11T06:00:00Z") { $0.department = "Data" },
            try Self.row("2026-11-15T06:00:00Z") {
                $0.department = "Data"
                $0.title = "Lead"
                $0.location = "Oslo"
            },
            try Self.row("2026-11-16T06:00:00Z") {
                $0.department = "Data"
                $0.title = "Lead"
                $0.location = "Bergen"
            },
        ]
        let state = try #require(try Self.timeline(rows, [moved]).state(at: at("2026-11-20T00:00:00Z"), in: .utc))
        #expect(
            state.moves == [
                PersonState.Move(effective: at("2026-11-10T09:00:00Z"), cause: moved.cause),
                PersonState.Move(
                    effective: at("2026-11-15T06:00:00Z"),
                    cause: .snapshot(asOf: at("2026-11-15T06:00:00Z"), note: "title from `Engineer` to `Lead`")),
            ])
    }
}

extension PersonState.Presence {
    fileprivate var isOut: Bool { self == .left || self == .compromised }
}
