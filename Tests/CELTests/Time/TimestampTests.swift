import Testing

@testable import CEL

@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0, "1970-01-01T00:00:00Z"),
            ("2009-02-13T23:31:30Z", 1_234_567_890, 0, "2009-02-13T23:31:30Z"),
            ("2009-02-13T23:31:30+00:00", 1_234_567_890, 0, "2009-02-13T23:31:30Z"),
            ("2009-02-14T05:01:30.5+05:30", 1_234_567_890, 500_000_000, "2009-02-13T23:31:30.5Z"),
            ("2009-02-13T20:31:30.000000001-03:00", 1_234_567_890, 1, "2009-02-13T23:31:30.000000001Z"),
            ("1969-12-31T23:59:59.25Z", -1, 250_000_000, "1969-12-31T23:59:59.25Z"),
            ("0001-01-01T00:00:00Z", -62_135_596_800, 0, "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
            ("2024-02-29T12:00:00.1234567899Z", 1_709_208_000, 123_456_789, "2024-02-29T12:00:00.123456789Z"),
            ("2000-02-29T00:00:00Z", 951_782_400, 0, "2000-02-29T00:00:00Z"),
        ] as [(String, Int64, Int32, String)])
    func readsAndPrints(text: String, seconds: Int64, nanos: Int32, printed: String) throws {
        let timestamp = try CELTimestamp(parsing: CELString(text))
        #expect(timestamp.seconds == seconds)
        #expect(timestamp.nanos == nanos)
        #expect(timestamp.text == CELString(printed))
    }

    @Test(arguments: [
        ("", CELError.Code.invalidArgument), ("2024-02-30T00:00:00Z", .invalidArgument),
        ("2023-02-29T00:00:00Z", .invalidArgument), ("1900-02-29T00:00:00Z", .invalidArgument),
        ("2024-13-01T00:00:00Z", .invalidArgument), ("2024-00-01T00:00:00Z", .invalidArgument),
        ("2024-01-00T00:00:00Z", .invalidArgument), ("2024-01-01T24:00:00Z", .invalidArgument),
        ("2024-01-01T00:60:00Z", .invalidArgument), ("2024-01-01T00:00:60Z", .invalidArgument),
        ("2024-01-01t00:00:00Z", .invalidArgument), ("2024-01-01T00:00:00z", .invalidArgument),
        ("2024-01-01 00:00:00Z", .invalidArgument), ("2024-01-01T00:00:00", .invalidArgument),
        ("2024-01-01T00:00:00.Z", .invalidArgument), ("2024-01-01T00:00:00,5Z", .invalidArgument),
        ("2024-01-01T00:00:00+0100", .invalidArgument), ("2024-01-01T00:00:00+24:00", .invalidArgument),
        ("2024-01-01T00:00:00ZZ", .invalidArgument), ("2024-01-01", .invalidArgument),
        ("-2024-01-01T00:00:00Z", .invalidArgument), ("٢٠٢٤-01-01T00:00:00Z", .invalidArgument),
        ("0000-01-01T00:00:00Z", .overflow), ("10000-01-01T00:00:00Z", .overflow),
        ("0001-01-01T00:00:00+00:01", .overflow), ("9999-12-31T23:59:59-00:01", .overflow),
    ])
    func rejects(text: String, code: CELError.Code) {
        let error = #expect(throws: CELError.self) { try CELTimestamp(parsing: CELString(text)) }
        #expect(error?.code == code)
        if code == .overflow { #expect(error?.message.contains("range") == true) }
    }

    /// Every day of 800 years and those at the ends of the range, each against the one before.
    @Test func calendarCountsDays() throws {
        var before = CivilDate(dayNumber: -146_098)
        for number in Int64(-146_097)...146_097 {
            let date = CivilDate(dayNumber: number)
            #expect(date.dayNumber == number)
            let isNext = date.day == before.day + 1 && date.month == before.month && date.year == before.year
            let isNextMonth = date.day == 1 && date.month == before.month + 1 && date.year == before.year
            let isNextYear =
                date.day == 1 && date.month == 1 && before.month == 12 && before.day == 31
                && date.year == before.year + 1
            #expect(isNext || isNextMonth || isNextYear)
            #expect(CivilDate(year: date.year, month: date.month, day: date.day) == date)
            #expect(date.dayOfYear == (isNextYear || date.month == 1 && date.day == 1 ? 0 : before.dayOfYear + 1))
            before = date
        }
        #expect(CivilDate(dayNumber: -719_162) == CivilDate(year: 1, month: 1, day: 1))
        #expect(CivilDate(dayNumber: 2_932_896) == CivilDate(year: 9_999, month: 12, day: 31))
    }

    @Test(
        arguments: [
            ("UTC", [2009, 1, 13, 12, 5, 43, 23, 31, 30, 123]), ("", [2009, 1, 13, 12, 5, 43, 23, 31, 30, 123]),
            ("-00:00", [2009, 1, 13, 12, 5, 43, 23, 31, 30, 123]),
            ("+11:00", [2009, 1, 14, 13, 6, 44, 10, 31, 30, 123]),
            ("02:00", [2009, 1, 14, 13, 6, 44, 1, 31, 30, 123]), ("-02:30", [2009, 1, 13, 12, 5, 43, 21, 1, 30, 123]),
            ("Asia/Kathmandu", [2009, 1, 14, 13, 6, 44, 5, 16, 30, 123]),
            ("US/Central", [2009, 1, 13, 12, 5, 43, 17, 31, 30, 123]),
            ("Australia/Sydney", [2009, 1, 14, 13, 6, 44, 10, 31, 30, 123]),
            ("America/St_Johns", [2009, 1, 13, 12, 5, 43, 20, 1, 30, 123]),
            ("CET", [2009, 1, 14, 13, 6, 44, 0, 31, 30, 123]),
        ] as [(String, [Int64])])
    func partsInZones(zone: String, parts: [Int64]) throws {
        let timestamp = try CELTimestamp(parsing: "2009-02-13T23:31:30.123456789Z")
        let zone = try CELTimeZone(CELString(zone))
        let fields: [CELTimestampField] = [
            .fullYear, .month, .date, .dayOfMonth, .dayOfWeek, .dayOfYear, .hours, .minutes, .seconds, .milliseconds,
        ]
        #expect(fields.map { timestamp.value(of: $0, in: zone) } == parts)
    }

    @Test(
        arguments: [
            ("CET", 1), ("GMT", 0), ("EST", -5), ("Japan", 9), ("Zulu", 0), ("Universal", 0), ("PRC", 8),
            ("EST5EDT", -5),
            ("MST7MDT", -7), ("W-SU", 3), ("ROK", 9), ("Etc/GMT-5", 5), ("Poland", 1), ("UCT", 0), ("GB-Eire", 0),
        ] as [(String, Int64)])
    func namesThatAreOneWord(name: String, hours: Int64) throws {
        #expect(try CELTimeZone(CELString(name)).offset(at: 1_705_000_000) == hours * 3_600)
    }

    /// The clocks of Paris go back an hour on 2024-10-27 at 01:00 UTC.
    @Test func zonesHaveSummerTime() throws {
        let paris = try CELTimeZone("Europe/Paris")
        #expect(try CELTimestamp(parsing: "2024-10-27T00:59:59Z").value(of: .hours, in: paris) == 2)
        #expect(try CELTimestamp(parsing: "2024-10-27T01:00:00Z").value(of: .hours, in: paris) == 2)
        #expect(try CELTimestamp(parsing: "2024-10-27T02:00:00Z").value(of: .hours, in: paris) == 3)
    }

    @Test func partsBeforeTheEpochAndAtTheEnds() throws {
        let before = try CELTimestamp(parsing: "1969-12-31T23:59:59.5Z")
        #expect(before.value(of: .dayOfWeek) == 3)
        #expect(before.value(of: .milliseconds) == 500)
        let first = try CELTimestamp(parsing: "0001-01-01T00:00:00Z")
        #expect(first.value(of: .dayOfWeek) == 1)
        #expect(first.value(of: .fullYear, in: try CELTimeZone("-01:00")) == 0)
        let last = try CELTimestamp(parsing: "9999-12-31T23:59:59Z")
        #expect(last.value(of: .dayOfYear) == 364)
        #expect(last.value(of: .fullYear, in: try CELTimeZone("+01:00")) == 10_000)
    }

    @Test(arguments: [
        "Mars/Olympus", "+1:00", "+01:0", "+24:00", "+00:60", "01:00:00", ":", "../../etc/passwd", "Europe/Paris\0",
        "Ünder/Score", "++01:00", "+-1:00",
        "PST", "BST", "GMT+3", "GMT+0530", "Local", "utc", "+0530", "Z",
    ])
    func unknownZones(zone: String) {
        let error = #expect(throws: CELError.self) { try CELTimeZone(CELString(zone)) }
        #expect(error?.code == .invalidArgument)
    }

    @Test(arguments: [
        ("2009-02-13T23:00:00Z", "240s", "2009-02-13T23:04:00Z"),
        ("0001-01-01T00:00:01.000000001Z", "-999999999ns", "0001-01-01T00:00:00.000000002Z"),
        ("0001-01-01T00:00:01.999999999Z", "999999999ns", "0001-01-01T00:00:02.999999998Z"),
        ("2024-02-28T00:00:00Z", "24h", "2024-02-29T00:00:00Z"),
        ("1970-01-01T00:00:00Z", "-0.5s", "1969-12-31T23:59:59.5Z"),
    ])
    func addsAndSubtracts(start: String, duration: String, end: String) throws {
        let start = try CELTimestamp(parsing: CELString(start))
        let duration = try CELDuration(parsing: CELString(duration))
        let end = try CELTimestamp(parsing: CELString(end))
        #expect(try start.adding(duration) == end)
        #expect(try end.subtracting(duration) == start)
        #expect(try end.duration(since: start) == duration)
    }

    @Test func rangeOfSumsAndDifferences() throws {
        let first = try CELTimestamp(parsing: "0001-01-01T00:00:00Z")
        let last = try CELTimestamp(parsing: "9999-12-31T23:59:59.999999999Z")
        let least = CELDuration(nanoseconds: .min)
        let nanosecond = CELDuration(nanoseconds: 1)
        let failures: [() throws -> Void] = [
            { _ = try first.subtracting(nanosecond) }, { _ = try last.adding(nanosecond) },
            { _ = try last.subtracting(least) }, { _ = try first.adding(least) },
            { _ = try last.duration(since: first) }, { _ = try first.duration(since: last) },
        ]
        for failure in failures {
            let error = #expect(throws: CELError.self, performing: failure)
            #expect(error?.code == .overflow)
        }
        let middle = try CELTimestamp(parsing: "2000-01-01T00:00:00.9Z")
        #expect(try middle.adding(least).subtracting(least) == middle)
        #expect(try middle.adding(least).duration(since: middle) == least)
        #expect(try middle.duration(since: middle.adding(CELDuration(nanoseconds: .max))).nanoseconds == -.max)
    }
}
