import AccessModel
import Definitions
import Testing

/// How long contractors and externals are here at most, whatever end HR names.
@Suite struct PeopleStayTests {
    private func presence(
        _ time: String, _ kind: Person.Kind, start: String?, end: String, stay: [Person.Kind: Int],
        limit: StayRule? = nil
    ) throws -> PersonState? {
        let row = try PeopleTimelineTests.row("2026-01-10T06:00:00Z") { person in
            person.kind = kind
            person.startDate = start.flatMap { CalendarDay($0) }
            person.endDate = CalendarDay(end)
        }
        var days = DayBoundaries.utc
        days.maximumStay = stay
        return try PeopleTimelineTests.timeline([row]).state(at: at(time), in: days, limit: limit)
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

    /// The first day of the year, the end of January by HR; the ceiling and a policy in days.
    @Test(arguments: [
        (ceiling: 20, policy: 10, last: "2026-01-10", isPolicy: true),
        (ceiling: 10, policy: 20, last: "2026-01-10", isPolicy: false),
        (ceiling: 10, policy: 10, last: "2026-01-10", isPolicy: false),
        (ceiling: 90, policy: 90, last: nil, isPolicy: false),
        (ceiling: 90, policy: 30, last: "2026-01-30", isPolicy: true),
    ])
    func theTightestOfCeilingEndAndPolicyCounts(
        _ expected: (ceiling: Int, policy: Int, last: String?, isPolicy: Bool)
    ) throws {
        let name = try #require(Slug("short"))
        let limit: StayRule = { _ in StayLimit(days: expected.policy, policy: name) }
        func state(_ time: String) throws -> PersonState? {
            try presence(
                time, .contractor, start: "2026-01-01", end: "2026-01-31", stay: [.contractor: expected.ceiling],
                limit: limit)
        }
        let early = try #require(try state("2026-01-10T07:00:00Z"))
        #expect(early.isActive && !early.isOutByLimit)
        #expect(early.stayEnd?.lastDay == expected.last.flatMap { CalendarDay($0) })
        #expect(early.stayEnd?.limit.policy == (expected.isPolicy ? name : nil))
        let last = try #require(CalendarDay(expected.last ?? "2026-01-31"))
        #expect(early.nextChange == DayBoundaries.utc.end(of: last))
        let late = try #require(try state("\(last.next)T00:00:00Z"))
        #expect(late.presence == .ended(last))
        #expect(late.isOutByLimit == (expected.last != nil))
    }

    @Test func aRuleIsAskedAboutThePersonAsTheyAre() throws {
        let limit: StayRule = { $0.person.kind == .external ? StayLimit(days: 5) : nil }
        for (kind, isActive) in [(Person.Kind.external, false), (.contractor, true)] {
            let state = try presence(
                "2026-01-15T00:00:00Z", kind, start: "2026-01-01", end: "2026-01-31", stay: [:], limit: limit)
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
