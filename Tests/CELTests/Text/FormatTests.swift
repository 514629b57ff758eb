import Testing

@testable import CEL

@Suite struct FormatTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let format: String
        let arguments: [CELValue]
        let expected: String

        init(_ format: String, _ arguments: [CELValue], _ expected: String) {
            self.format = format
            self.arguments = arguments
            self.expected = expected
        }

        var testDescription: String { "\(format) \(expected)" }
    }

    @Test(arguments: [
        Case("no substitution", [], "no substitution"),
        Case("str is %s and some more", [.string("filler")], "str is filler and some more"),
        Case("%% and also %%", [], "% and also %"), Case("%%%s%%", [.string("text")], "%text%"),
        Case("%d %d, %s", [.int(1), .uint(2), .string("A")], "1 2, A"), Case("é%sé", [.string("ü")], "éüé"),
        Case("%s", [.null], "null"), Case("%s", [.int(-999_999_999_999)], "-999999999999"),
        Case("%s", [.uint(.max)], "18446744073709551615"), Case("%s", [.bool(true)], "true"),
        Case("%s", [.bytes(Array("xyz".utf8))], "xyz"), Case("%s", [.bytes([0x61, 0xFF, 0xC3, 0x62])], "a\u{FFFD}b"),
        Case("%s", [.type(.string)], "string"),
        Case("%s", [.list([.double(.nan), .double(.infinity), .double(-.infinity)])], "[NaN, Infinity, -Infinity]"),
        Case(
            "%s", [.list([.string("abc"), .double(3.14), .null, .list([.int(9), .int(8)])])],
            "[abc, 3.14, null, [9, 8]]"),
        Case("%s", [.list([])], "[]"),
        Case("%s", [.duration(CELDuration(nanoseconds: 6_347_000_000_000))], "6347s"),
        Case("%s", [.duration(CELDuration(nanoseconds: -1_500_000_000))], "-1.5s"),
    ])
    func texts(_ test: Case) throws { try check(test) }

    @Test(arguments: [
        Case("%s", [.double(3)], "3"), Case("%s", [.double(-0.0)], "-0"), Case("%d", [.double(3.14)], "3.14"),
        Case("%s", [.double(1e21)], "1000000000000000000000"), Case("%s", [.double(1.5e-7)], "0.00000015"),
        Case("%s", [.double(123456789.125)], "123456789.125"), Case("%s", [.double(1.25e20)], "125000000000000000000"),
        Case("%s", [.double(.leastNonzeroMagnitude)], "0." + String(repeating: "0", count: 323) + "5"),
        Case("%d", [.double(.nan)], "NaN"), Case("%d", [.int(.min)], "-9223372036854775808"),
        Case("%f", [.double(2.71828)], "2.718280"), Case("%f", [.int(1)], "1.000000"),
        Case("%f", [.uint(1)], "1.000000"),
        Case("%.3f", [.double(1.2345)], "1.234"), Case("%.3f", [.double(123.4999)], "123.500"),
        Case("%.3f", [.double(123.4994)], "123.499"), Case("%.0f", [.double(0.5)], "0"),
        Case("%.0f", [.double(1.5)], "2"), Case("%.0f", [.double(2.5)], "2"), Case("%.1f", [.double(0.25)], "0.2"),
        Case("%.1f", [.double(0.75)], "0.8"), Case("%.2f", [.double(9.996)], "10.00"),
        Case("%.1f", [.double(0.04)], "0.0"),
        Case("%.1f", [.double(0.06)], "0.1"), Case("%.2f", [.double(-0.001)], "-0.00"),
        Case("%.2f", [.double(0)], "0.00"),
        Case("%.0f", [.double(1e22)], "10000000000000000000000"), Case("%.3f", [.double(1e-300)], "0.000"),
        Case("%.20f", [.double(0.1)], "0.10000000000000000555"), Case("%.2f", [.double(1234567.891)], "1234567.89"),
        Case("%f", [.double(-.infinity)], "-Infinity"), Case("%e", [.double(.nan)], "NaN"),
        Case("%.6e", [.double(1052.032911275)], "1.052033e+03"), Case("%e", [.double(2.71828)], "2.718280e+00"),
        Case("%.1e", [.double(-3.14)], "-3.1e+00"), Case("%e", [.int(1)], "1.000000e+00"),
        Case("%e", [.double(0)], "0.000000e+00"),
        Case("%.2e", [.double(9.996)], "1.00e+01"), Case("%.0e", [.double(15)], "2e+01"),
        Case("%.0e", [.double(25)], "2e+01"),
        Case("%.3e", [.double(1.5e-7)], "1.500e-07"), Case("%.1e", [.double(1e100)], "1.0e+100"),
        Case("%.2e", [.double(.leastNonzeroMagnitude)], "4.94e-324"), Case("%e", [.double(.infinity)], "Infinity"),
    ])
    func numbers(_ test: Case) throws { try check(test) }

    @Test(arguments: [
        Case("%b", [.int(5)], "101"), Case("%b", [.int(-5)], "-101"), Case("%b", [.uint(64)], "1000000"),
        Case("%b", [.bool(true)], "1"), Case("%b", [.bool(false)], "0"), Case("%o", [.int(11)], "13"),
        Case("%o", [.uint(65_535)], "177777"), Case("%x", [.int(30)], "1e"), Case("%X", [.int(30)], "1E"),
        Case("%x", [.int(-30)], "-1e"), Case("%X", [.uint(6_000)], "1770"),
        Case("%x", [.string("Hello world!")], "48656c6c6f20776f726c6421"),
        Case("%X", [.string("Hello world!")], "48656C6C6F20776F726C6421"), Case("%x", [.bytes([0, 255])], "00ff"),
        Case("%X", [.bytes([0, 255])], "00FF"), Case("%x", [.int(.min)], "-8000000000000000"),
    ])
    func otherBases(_ test: Case) throws { try check(test) }

    private func check(_ test: Case) throws {
        #expect(try CELString(test.format).formatted(with: test.arguments) == CELString(test.expected))
    }

    @Test func mapsAndTimes() throws {
        let map = try CELMap([
            .init(key: .string("strKey"), value: .string("x")),
            .init(key: .int(6), value: .duration(CELDuration(nanoseconds: 422_000_000_000))),
            .init(key: .bool(true), value: .int(42)),
        ])
        #expect(try CELString("%s").formatted(with: [.map(map)]) == "{6: 422s, strKey: x, true: 42}")
        let time = try CELTimestamp(parsing: "2023-02-03T23:31:20+00:00")
        #expect(try CELString("%s").formatted(with: [.timestamp(time)]) == "2023-02-03T23:31:20Z")
    }

    private static let given = "error during formatting: "
    private static let parsing = "could not parse formatting clause: "

    @Test(
        arguments: [
            ("%a", [.int(1)], parsing + "unrecognized formatting clause \"a\""),
            ("%é", [.int(1)], parsing + "unrecognized formatting clause \"é\""),
            ("%E", [.double(0.5)], parsing + "unrecognized formatting clause \"E\""),
            ("%d %d %d", [.int(0), .int(1)], "index 2 out of range"), ("%", [], "index 0 out of range"),
            ("%", [.int(1)], "unexpected end of string"), ("%.", [.int(1)], parsing), ("%.3", [.int(1)], parsing),
            ("%.f", [.int(1)], parsing), ("%.1001f", [.int(1)], parsing),
            ("%.99999999999999999999f", [.int(1)], parsing),
            ("%b", [.string("abc")], given + "only integers and bools can be formatted as binary, was given string"),
            (
                "%d", [.duration(CELDuration(nanoseconds: 1))],
                given + "decimal clause can only be used on integers, was given google.protobuf.Duration"
            ),
            ("%o", [.string("a")], given + "octal clause can only be used on integers, was given string"),
            (
                "%x", [.double(0.5)],
                given + "only integers, byte buffers, and strings can be formatted as hex, was given double"
            ),
            ("%d", [.null], given + "decimal clause can only be used on integers, was given null_type"),
            ("%e", [.null], given + "scientific clause can only be used on doubles, was given null_type"),
            ("%f", [.null], given + "fixed-point clause can only be used on doubles, was given null_type"),
        ] as [(String, [CELValue], String)])
    func rejects(format: String, arguments: [CELValue], message: String) {
        let error = #expect(throws: CELError.self) { try CELString(format).formatted(with: arguments) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.hasPrefix(message) == true, "\(String(describing: error))")
    }
}
