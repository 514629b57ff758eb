import StrictJSON
import Testing

@Suite struct JSONParserTests {
    @Test(
        arguments: [
            ("null", JSONValue.null), ("true", true), (" false ", false), ("0", 0), ("-0", 0), ("12", 12), ("-7", -7),
            ("1.5", 1.5), ("1e3", .number(1000)), ("9223372036854775807", .integer(.max)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("\"a\"", "a"), ("[]", []),
            ("[1,[2]]", [1, [2]]),
            ("{}", .object(JSONObject())), ("{\"a\":{\"b\":null}}", ["a": ["b": nil]]),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9\uD83D\uDE00""#, "é😀"),
        ] as [(String, JSONValue)])
    func reads(text: String, value: JSONValue) throws { #expect(try JSONParser.parse(text) == value) }

    @Test(arguments: [
        "", " ", "nul", "tru e", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "NaN", "Infinity", "1e999", "'a'",
        "\"", "\"\\", "\"\\u12\"", "\"\\u12G4\"", "\"\\x\"", "\"\t\"", "\"a\nb\"", "[", "[1", "[1,", "[1,]", "[,1]",
        "[1 2]",
        "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "1 2", "[] x", "// a\n1",
        #""\uD800""#, #""\uDC00""#, #""\uD800\u0041""#, "\u{FEFF}1",
    ])
    func refuses(text: String) { #expect(throws: JSONError.self) { try JSONParser.parse(text) } }

    @Test(arguments: [
        "{\"a\":1,\"a\":2}", "{\"a\":1,\"b\":2,\"\\u0061\":3}", "[{\"x\":{\"k\":1,\"k\":1}}]",
    ])
    func refusesDuplicateNames(text: String) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error?.message.hasPrefix("duplicate name") == true)
    }

    @Test func namesAreComparedAsBytes() throws {
        // One scalar, and two that look the same: equal as strings, different as names.
        let value = try JSONParser.parse("{\"\u{e9}\":1,\"e\u{301}\":2}")
        #expect(value["\u{e9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(JSONValue.string("\u{e9}") != JSONValue.string("e\u{301}"))
    }

    @Test(
        arguments: [[0xFF], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] as [[UInt8]])
    func refusesWhatIsNotUTF8(bytes: [UInt8]) { #expect(throws: JSONError.self) { try JSONParser.parse(bytes) } }

    @Test func depthIsCapped() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONParser.parse(nested(JSONParser.maximumDepth))
        #expect(throws: JSONError.self) { try JSONParser.parse(nested(JSONParser.maximumDepth + 1)) }
        #expect(throws: JSONError.self) { try JSONParser.parse(String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test func errorsSayWhere() {
        #expect(throws: JSONError(line: 3, column: 8, message: "duplicate name `a`")) {
            try JSONParser.parse("{\n  \"a\": 1,\n       \"a\": 2}")
        }
    }

    private static let sample = Array(
        #"{"name": "Zoë \"x\" \ud83d\ude00", "list": [1, -2.5e-3, true, null, {"deep": [[]]}], "é": "\n"}"#.utf8)

    @Test func cutAnywhereItIsRefused() {
        for length in 0..<Self.sample.count {
            #expect(throws: JSONError.self) { try JSONParser.parse(Self.sample.prefix(length)) }
        }
    }

    @Test func noByteChangedMakesItCrash() {
        var refused = 0
        for place in Self.sample.indices {
            for byte in [UInt8(0), 0x22, 0x5C, 0x7B, 0x80, 0xFF] {
                var bytes = Self.sample
                bytes[place] = byte
                do { _ = try JSONParser.parse(bytes) } catch { refused += 1 }
            }
        }
        #expect(refused > Self.sample.count)
    }
}
