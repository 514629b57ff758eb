import AccessModel
import Definitions
import Testing

/// How long contractors and externals are here at most, whatever end HR names.
@Suite struct PeopleStayTests {
    private func presence(
        _ time: String, _ kind: Person.Kind, start: String?, end: String, stay: [Person.Kind: Int]
    ) throws -> PersonState? {
        let row = try PeopleTimelineTests.row("2026-01-10T06:00:00Z") { person in
            person.kind = kind
            person.startDate = start.flatMap { CalendarDay($0) }
            person.endDate = CalendarDay(end)
        }
        var days = DayBoundaries.utc
        days.maximumStay = stay
        return try PeopleTimelineTests.timeline([row]).state(at: at(time), in: days)
    }

    @Test(arguments: [
        ("2026-01-30T23:59:59Z", true), ("2026-01-31T00:00:00Z", false),
    ])
    func theCeilingCountsFromTheFirstDay(time: String, isActive: Bool) throws {
        let state = try presence(
            time, .contractor, start: "2026-01-01", end: "2026-12-31", stay: [.contractor: 30])
        #expect(state?.isActive == isActive)
        #expect(state?.nextChange == (isActive ? at("2026-01-31T00:00:00Z") : nil))
        if !isActive { #expect(state?.presenceSince == at("2026-01-31T00:00:00Z")) }
    }

    @Test func anEarlierEndStandsAndOthersAreNotConcerned() throws {
        let early = try presence(
            "2026-01-21T00:00:00Z", .external, start: "2026-01-01", end: "2026-01-20", stay: [.external: 30])
        #expect(early?.presence == CalendarDay("2026-01-20").map { .ended($0) })
        let other = try presence(
            "2026-06-01T00:00:00Z", .employee, start: "2026-01-01", end: "2026-12-31", stay: [.contractor: 30])
        #expect(other?.isActive == true)
    }

    @Test func withoutAFirstDayItCountsFromWhenTheyWereHeardOf() throws {
        for (time, isActive) in [("2026-02-08T23:59:59Z", true), ("2026-02-09T00:00:00Z", false)] {
            let state = try presence(time, .external, start: nil, end: "2026-12-31", stay: [.external: 30])
            #expect(state?.isActive == isActive)
        }
    }

    @Test func theFileSaysIt() throws {
        let acme = AcmeFiles.with(
            "platform.yaml", "ceilings: {max_duration_hours: 12}",
            "ceilings: {max_duration_hours: 12, contractor: 180d, external: 90d}")
        let platform = try #require(acme.read().organization).platform
        #expect(platform.maximumStay == [.contractor: 180, .external: 90])
        for wrong in ["contractor: 12h", "contractor: 0d", "employee: 9d"] {
            let acme = AcmeFiles.with(
                "platform.yaml", "ceilings: {max_duration_hours: 12}", "ceilings: {\(wrong)}")
            #expect(acme.read().organization == nil, "\(wrong)")
        }
    }
}
