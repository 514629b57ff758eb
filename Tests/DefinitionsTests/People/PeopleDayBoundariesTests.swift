import AccessModel
import Definitions
import Testing

struct DayCase: Sendable {
    let zone: String
    let day: String
    let start: String
    let end: String

    init(_ zone: String, _ day: String, _ start: String, _ end: String) {
        self.zone = zone
        self.day = day
        self.start = start
        self.end = end
    }
}

@Suite struct PeopleDayBoundariesTests {
    @Test(arguments: [
        DayCase("UTC", "2026-11-21", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"),
        DayCase("Europe/Madrid", "2026-07-01", "2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z"),
        // 23 and 25 hours.
        DayCase("Europe/Madrid", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        DayCase("Europe/Madrid", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        DayCase("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        // Midnight is skipped: the day begins at 01:00.
        DayCase("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
        // 23:00 comes twice on the day before; the last day of summer time has 25 hours.
        DayCase("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z"),
        // Midnight comes twice: the first counts.
        DayCase("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        // A day that the islands skipped, and the one after it.
        DayCase("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
        DayCase("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"),
        DayCase("Asia/Kathmandu", "2026-11-21", "2026-11-20T18:15:00Z", "2026-11-21T18:15:00Z"),
        DayCase("Pacific/Kiritimati", "2026-11-21", "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"),
    ])
    func aDayBeginsAndEndsWhereItsZoneSays(_ item: DayCase) throws {
        let days = try #require(DayBoundaries(timezone: item.zone))
        let day = try #require(CalendarDay(item.day))
        #expect(days.start(of: day) == at(item.start))
        #expect(days.end(of: day) == at(item.end))
    }

    @Test(arguments: ["UTC", "Europe/Madrid", "America/Sao_Paulo", "Africa/Cairo", "Australia/Lord_Howe"])
    func everyDayFollowsTheOneBefore(zone: String) throws {
        let days = try #require(DayBoundaries(timezone: zone))
        var day = try #require(CalendarDay("2016-01-01"))
        for _ in 0..<4_000 {
            let start = days.start(of: day)
            #expect(days.day(of: start) == day)
            #expect(days.day(of: start - Span(milliseconds: 1)) < day)
            day = day.next
        }
    }

    @Test func aZoneThatIsNotKnownIsNil() {
        #expect(DayBoundaries(timezone: "Europe/Atlantis") == nil)
    }

    @Test func startAndEndAreReadInTheZone() throws {
        let row = try PeopleTimelineTests.row("2026-03-01T06:00:00Z") {
            $0.startDate = CalendarDay("2026-03-29")
            $0.endDate = CalendarDay("2026-10-25")
        }
        let timeline = PersonTimeline(id: row.id, rows: [row])
        let days = try #require(DayBoundaries(timezone: "Europe/Madrid"))
        let start = at("2026-03-28T23:00:00Z")
        let end = at("2026-10-25T23:00:00Z")
        let before = try #require(timeline.state(at: start - Span(milliseconds: 1), in: days))
        #expect(before.presence == CalendarDay("2026-03-29").map { .notStarted($0) })
        #expect(before.nextChange == start)
        let during = try #require(timeline.state(at: start, in: days))
        #expect(during.isActive && during.nextChange == end && during.presenceSince == start)
        #expect(timeline.state(at: end - Span(milliseconds: 1), in: days)?.isActive == true)
        let after = try #require(timeline.state(at: end, in: days))
        #expect(after.presence == CalendarDay("2026-10-25").map { .ended($0) })
        #expect(after.presenceSince == end && after.nextChange == nil)
    }

    @Test func aFullTimeIsTakenExactly() throws {
        let text = PeopleFeeds.feed(
            [PeopleFeeds.rafa.replacing("2026-12-15", with: "2026-12-15T17:30:00+01:00")],
            "#count,1,2026-11-21T06:00:00Z")
        let row = try #require(PeopleFeeds.read(text).snapshot?.rows.first)
        let stated = StatedRow(
            row: row, statedFrom: at("2026-11-21T06:00:00Z"), statedUntil: at("2026-11-21T06:00:00Z"),
            importedAt: at("2026-11-21T06:00:00Z"))
        #expect(SnapshotRow(json: row.json) == row)
        let timeline = PersonTimeline(id: row.id, rows: [stated])
        #expect(timeline.state(at: at("2026-12-15T16:29:59Z"), in: .utc)?.isActive == true)
        #expect(timeline.state(at: at("2026-12-15T16:30:00Z"), in: .utc)?.isActive == false)
    }
}
