import AccessModel
import Testing

@Suite struct TimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", Int64(0)), ("2026-11-21T09:00:00Z", 1_795_251_600_000),
        ("2026-11-21t09:00:00z", 1_795_251_600_000), ("2026-11-21T10:30:00+01:30", 1_795_251_600_000),
        ("2026-11-21T04:00:00-05:00", 1_795_251_600_000), ("2026-11-21T09:00:00.5Z", 1_795_251_600_500),
        ("2026-11-21T09:00:00.123456789Z", 1_795_251_600_123), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ("2000-02-29T23:59:59.999Z", 951_868_799_999), ("9999-12-31T23:59:59Z", 253_402_300_799_000),
    ])
    func reads(text: String, milliseconds: Int64) { #expect(Instant(text)?.milliseconds == milliseconds) }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T09:00Z", "2026-11-21T09:00:00", "2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z",
        "2026-06-30T23:59:60Z", "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+01:00", "2026-11-21T09:00:00.Z", "2026-11-21T09:00:00Z ", " 2026-11-21T09:00:00Z",
        "2026-11-21T09:00:00+1:00", "2026-11-21T09:00:00+25:00", "26-11-21T09:00:00Z", "2026-1-21T09:00:00Z",
        "２０２６-11-21T09:00:00Z", "2026-11-21T09:00:00Z\u{301}", "2026-11-21T09:00:00.1234567890Z",
    ])
    func refuses(text: String) { #expect(Instant(text) == nil) }

    @Test func printsWhatItReads() throws {
        for text in ["2026-11-21T09:00:00Z", "2026-11-21T09:00:00.007Z", "1970-01-01T00:00:00Z"] {
            #expect(try #require(Instant(text)).description == text)
        }
        #expect(Instant(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
    }

    @Test func everyDayComesBack() throws {
        for number in stride(from: 0, to: 2_932_000, by: 37) {
            let day = CalendarDay(daysSinceEpoch: number)
            #expect(day.daysSinceEpoch == number)
            #expect(CalendarDay(day.description) == day)
        }
    }

    @Test(arguments: ["2026-02-29", "2026-04-31", "2026-1-1", "2026-01-01 ", "26-01-01", "10000-01-01", "1969-12-31"])
    func refusesDays(text: String) { #expect(CalendarDay(text) == nil) }

    @Test func theNextDay() {
        #expect(CalendarDay("2024-02-28")?.next.description == "2024-02-29")
        #expect(CalendarDay("2025-12-31")?.next.description == "2026-01-01")
    }

    @Test func arithmeticSaturates() {
        #expect((Instant(milliseconds: .max) + .days(1)).milliseconds == .max)
        #expect(Instant(milliseconds: 10) - Instant(milliseconds: 4) == Span(milliseconds: 6))
    }

    @Test(arguments: [
        ("4h", Int64(14_400)), ("30m", 1_800), ("30d", 2_592_000), ("90s", 90), ("2w", 1_209_600), ("0d", 0),
        ("PT4H", 14_400), ("P30D", 2_592_000), ("P1DT12H", 129_600), ("PT1H30M5S", 5_405), ("P2W", 1_209_600),
    ])
    func readsSpans(text: String, seconds: Int64) { #expect(Span(text)?.milliseconds == seconds * 1_000) }

    @Test(arguments: [
        "", "4", "h", "4 h", "-4h", "4H", "1.5h", "4hh", "P", "PT", "P1Y", "P1M", "PT1", "P1H", "PT1D", "PT5M1H",
        "P1DT",
        "9999999999s", "200000d", "４h", "4h\u{301}",
    ])
    func refusesSpans(text: String) { #expect(Span(text) == nil) }

    @Test func spansPrintTheLargestUnit() {
        #expect(Span.hours(4).description == "4h")
        #expect(Span.minutes(90).description == "90m")
        #expect(Span.days(30).description == "30d")
        #expect(Span.zero.description == "0s")
        #expect(Span(milliseconds: 1_500).description == "1500ms")
    }

    @Test func windowsAreHalfOpen() throws {
        let from = try #require(Instant("2026-11-21T10:00:00Z"))
        let grant = Grant(
            id: "g", person: try #require(PersonID("e-1")), group: try #require(Group("a/live/admin")), reason: "",
            approvedBy: [], from: from, until: from + .hours(1))
        #expect(!grant.isOpen(at: from - Span(milliseconds: 1)))
        #expect(grant.isOpen(at: from))
        #expect(grant.isOpen(at: from + .hours(1) - Span(milliseconds: 1)))
        #expect(!grant.isOpen(at: from + .hours(1)))
    }

    /// Another system's numbers end no process of ours.
    @Test func numbersFromOutsideAreCounted() {
        #expect(Span.seconds(.max).milliseconds == .max && Span.days(.min).milliseconds == .min)
        #expect(Span.days(2).milliseconds == 172_800_000)
        #expect(Instant(milliseconds: 0) + .seconds(.max) == Instant(milliseconds: .max))
        #expect(Instant(unixSeconds: 1.5)?.milliseconds == 1_500)
        for seconds in [-1, .nan, .infinity, -.infinity, 1e300, 253_402_300_800] as [Double] {
            #expect(Instant(unixSeconds: seconds) == nil)
        }
    }
}
