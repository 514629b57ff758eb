import StrictJSON
import Testing

@Suite struct JSONWriterTests {
    private func canonical(_ value: JSONValue) -> String { String(decoding: value.canonicalBytes, as: UTF8.self) }

    /// RFC 8785, appendix B: bits of a double, and its text.
    @Test(
        arguments: [
            (UInt64(0x0000_0000_0000_0000), "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"), (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func writesNumbersAsECMAScriptDoes(bits: UInt64, text: String) {
        #expect(canonical(.number(Double(bitPattern: bits))) == text)
    }

    @Test(
        arguments: [
            (JSONValue.number(0.5), "0.5"), (.number(100), "100"), (.number(-1.25e-9), "-1.25e-9"),
            (.integer(42), "42"),
            (.integer(9_007_199_254_740_993), "9007199254740992"), (.number(123_456_789.125), "123456789.125"),
        ] as [(JSONValue, String)])
    func writesNumbers(value: JSONValue, text: String) { #expect(canonical(value) == text) }

    @Test func sortsNamesByTheirUTF16() throws {
        // RFC 8785, 3.2.3.
        let value = try JSONParser.parse(
            #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#)
        #expect(value.object?.names == ["\u{20ac}", "\r", "\u{fb33}", "1", "😀", "\u{80}", "\u{f6}"])
        #expect(
            canonical(value)
                == "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"😀\":5,\"\u{fb33}\":3}")
    }

    @Test func escapesOnlyWhatMustBe() {
        let text = "\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{7f}"
        #expect(canonical(.string(text)) == "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7f}\"")
    }

    @Test func prettyAndCompactKeepTheOrder() {
        let value: JSONValue = ["b": [1, 2], "a": [:], "c": []]
        #expect(value.compactText == #"{"b":[1,2],"a":{},"c":[]}"#)
        #expect(value.prettyText == "{\n  \"b\": [\n    1,\n    2\n  ],\n  \"a\": {},\n  \"c\": []\n}")
    }

    @Test func whatIsWrittenIsRead() throws {
        let value: JSONValue = [
            "text": "a\u{0}\u{1F}\"\\😀", "numbers": [0, -1, 1.5, .number(1e-7), .integer(.min)], "none": nil,
            "nested": ["x": [["y": true]]],
        ]
        #expect(try JSONParser.parse(value.prettyText) == value)
        #expect(try JSONParser.parse(value.compactText) == value)
    }

    @Test func equalValuesGiveEqualBytes() {
        let left: JSONValue = ["a": 1, "b": ["c": 2, "d": 3]]
        let right: JSONValue = ["b": ["d": 3, "c": 2], "a": 1]
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left.canonicalBytes == right.canonicalBytes)
    }
}
