import Testing

@testable import CEL

@Suite struct DurationTests {
    @Test(
        arguments: [
            ("0", 0, "0s"), ("-0", 0, "0s"), ("+0", 0, "0s"), ("0s", 0, "0s"), ("1s", 1_000_000_000, "1s"),
            ("-1.5s", -1_500_000_000, "-1.5s"), ("1h2m3.5s", 3_723_500_000_000, "3723.5s"),
            ("1h45m47s", 6_347_000_000_000, "6347s"), (".5s", 500_000_000, "0.5s"), ("1.s", 1_000_000_000, "1s"),
            ("250ms", 250_000_000, "0.25s"), ("10us", 10_000, "0.00001s"), ("10\u{B5}s", 10_000, "0.00001s"),
            ("10\u{3BC}s", 10_000, "0.00001s"), ("7ns", 7, "0.000000007s"), ("1.9ns", 1, "0.000000001s"),
            ("+1.000000001s", 1_000_000_001, "1.000000001s"), ("1000000s", 1_000_000_000_000_000, "1000000s"),
            ("0.1h", 360_000_000_000, "360s"), ("1s1h1s", 3_602_000_000_000, "3602s"),
            ("9223372036854775807ns", .max, "9223372036.854775807s"),
            ("-9223372036854775808ns", .min, "-9223372036.854775808s"),
            ("0.33333333333333333333333333s", 333_333_333, "0.333333333s"),
        ] as [(String, Int64, String)])
    func readsAndPrints(text: String, nanoseconds: Int64, printed: String) throws {
        let duration = try CELDuration(parsing: CELString(text))
        #expect(duration.nanoseconds == nanoseconds)
        #expect(duration.text == CELString(printed))
    }

    @Test(arguments: [
        ("", CELError.Code.invalidArgument), ("-", .invalidArgument), ("1", .invalidArgument), ("s", .invalidArgument),
        (".s", .invalidArgument), ("1d", .invalidArgument), ("1 s", .invalidArgument), ("1s ", .invalidArgument),
        ("1h-2m", .invalidArgument), ("--1s", .invalidArgument), ("1S", .invalidArgument), ("00", .invalidArgument),
        ("1.2.3s", .invalidArgument), ("٣s", .invalidArgument), ("1e3s", .invalidArgument), ("1sm", .invalidArgument),
        ("320000000000s", .overflow), ("-320000000000s", .overflow), ("9223372036854775808ns", .overflow),
        ("-9223372036854775809ns", .overflow), ("99999999999999999999999999h", .overflow),
        ("-9223372036854775808ns9223372036854775808ns", .overflow), ("9223372036854775807ns0.9us", .overflow),
        ("2562047h48m", .overflow),
    ])
    func rejects(text: String, code: CELError.Code) {
        let error = #expect(throws: CELError.self) { try CELDuration(parsing: CELString(text)) }
        #expect(error?.code == code)
        if code == .overflow { #expect(error?.message.contains("range") == true) }
    }

    @Test(
        arguments: [
            ("10000s", [2, 166, 10_000, 0]), ("3730s", [1, 62, 3_730, 0]), ("123.321456789s", [0, 2, 123, 321]),
            ("-90.5s", [0, -1, -90, -500]),
        ] as [(String, [Int64])])
    func parts(text: String, parts: [Int64]) throws {
        let duration = try CELDuration(parsing: CELString(text))
        let fields: [CELDurationField] = [.hours, .minutes, .seconds, .milliseconds]
        #expect(fields.map { duration.value(of: $0) } == parts)
    }

    @Test func addsWithinItsRange() throws {
        let long = try CELDuration(parsing: "5000000000s")
        let negative = try CELDuration(parsing: "-5000000000s")
        #expect(try long.adding(negative).nanoseconds == 0)
        #expect(try long.subtracting(long).nanoseconds == 0)
        #expect(throws: CELError.self) { try long.adding(long) }
        #expect(throws: CELError.self) { try negative.adding(negative) }
        #expect(throws: CELError.self) { try long.subtracting(negative) }
        #expect(throws: CELError.self) { try negative.subtracting(long) }
    }
}
