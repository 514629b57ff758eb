import Testing

@testable import CEL

@Suite struct StringFunctionTests {
    private func message(_ body: () throws -> Void) -> String? {
        let error = #expect(throws: CELError.self, performing: body)
        return error?.message
    }

    @Test(
        arguments: [
            ("tacocat", 3, "o"), ("tacocat", 7, ""), ("©αT", 0, "©"), ("©αT", 1, "α"), ("©αT", 2, "T"), ("", 0, ""),
            ("e\u{301}", 0, "e"), ("😀!", 1, "!"),
        ] as [(String, Int64, String)])
    func characters(text: String, index: Int64, expected: String) throws {
        #expect(try CELString(text).character(at: index) == CELString(expected))
    }

    @Test(
        arguments: [
            ("tacocat", "", nil, 0), ("tacocat", "ac", nil, 1), ("tacocat", "none", nil, -1), ("tacocat", "", 3, 3),
            ("tacocat", "a", 3, 5), ("tacocat", "at", 3, 5), ("ta©o©αT", "©", nil, 2), ("ta©o©αT", "©", 3, 4),
            ("ta©o©αT", "©αT", 3, 4), ("ta©o©αT", "©α", 5, -1), ("hello wello", "ello", 6, 7), ("ab", "", 2, 2),
            ("ab", "b", 2, -1), ("", "x", 0, -1), ("ab", "abc", nil, -1),
            ("aaaaaaaaaaaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaab", nil, 5),
            ("abcabcabcabcabcabcabcabd", "abcabcabcabcabcabcabd", nil, 3),
        ] as [(String, String, Int64?, Int64)])
    func firstPlaces(text: String, part: String, start: Int64?, expected: Int64) throws {
        #expect(try CELString(text).index(of: CELString(part), from: start ?? 0) == expected)
    }

    @Test(
        arguments: [
            ("", "@@", nil, -1), ("tacocat", "", nil, 7), ("tacocat", "at", nil, 5), ("tacocat", "none", nil, -1),
            ("tacocat", "", 3, 3), ("tacocat", "a", 3, 1), ("ta©o©αT", "©", nil, 4), ("ta©o©αT", "©", 3, 2),
            ("ta©o©αT", "©α", 4, 4), ("hello wello", "ello", 6, 1), ("hello wello", "low", nil, -1),
            ("hello wello", "hello wello", nil, 0), ("bananananana", "nana", 7, 6), ("ab", "b", 0, -1),
            ("ab", "a", 0, 0),
        ] as [(String, String, Int64?, Int64)])
    func lastPlaces(text: String, part: String, start: Int64?, expected: Int64) throws {
        #expect(try CELString(text).lastIndex(of: CELString(part), from: start) == expected)
    }

    @Test(
        arguments: [
            ("tacocat", 4, nil, "cat"), ("tacocat", 7, nil, ""), ("tacocat", 0, 4, "taco"), ("tacocat", 4, 4, ""),
            ("ta©o©αT", 2, 6, "©o©α"), ("ta©o©αT", 7, 7, ""), ("", 0, 0, ""),
        ] as [(String, Int64, Int64?, String)])
    func substrings(text: String, start: Int64, end: Int64?, expected: String) throws {
        #expect(try CELString(text).substring(from: start, to: end) == CELString(expected))
    }

    @Test func placesBeyondTheString() {
        let text: CELString = "tacocat"
        #expect(message { _ = try text.character(at: 30) } == "index out of range: 30")
        #expect(message { _ = try text.character(at: -1) } == "index out of range: -1")
        #expect(message { _ = try text.character(at: .max) } == "index out of range: \(Int64.max)")
        #expect(message { _ = try text.index(of: "a", from: 30) } == "index out of range: 30")
        #expect(message { _ = try text.index(of: "a", from: -1) } == "index out of range: -1")
        #expect(message { _ = try text.lastIndex(of: "a", from: -1) } == "index out of range: -1")
        #expect(message { _ = try text.lastIndex(of: "a", from: 30) } == "index out of range: 30")
        #expect(message { _ = try text.substring(from: 40) } == "index out of range: 40")
        #expect(message { _ = try text.substring(from: -1) } == "index out of range: -1")
        #expect(message { _ = try text.substring(from: 1, to: 50) } == "index out of range: 50")
        #expect(message { _ = try text.substring(from: 49, to: 50) } == "index out of range: 49")
        #expect(
            message { _ = try text.substring(from: 4, to: 3) } == "invalid substring range. start: 4, end: 3")
    }

    @Test func cases() {
        #expect(CELString("TacoCÆt Xii").asciiLowercased == "tacocÆt xii")
        #expect(CELString("tacoCαt[`{@").asciiUppercased == "TACOCαT[`{@")
    }

    @Test(arguments: [
        (" \u{0C}\n\r\t\u{0B}text  ", "text"), ("\u{85}\u{A0}\u{1680}text", "text"),
        ("text\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2006}\u{2007}\u{2008}\u{2009}", "text"),
        ("\u{200A}text\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}", "text"), ("  ", ""), ("", ""), ("a b", "a b"),
        ("\r\na\r\n", "a"), (" \u{301}", "\u{301}"),
        (
            "\u{180E}text\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}",
            "\u{180E}text\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}"
        ),
    ])
    func trims(text: String, expected: String) { #expect(CELString(text).trimmed == CELString(expected)) }

    @Test(
        arguments: [
            ("12 days 12 hours", "{0}", "2", -1, "12 days 12 hours"),
            ("{0} days {0} hours", "{0}", "2", -1, "2 days 2 hours"),
            ("{0} days {0} hours", "{0}", "2", 1, "2 days {0} hours"), ("hello hello", "he", "we", 0, "hello hello"),
            ("1 ©αT taco", "αT", "o©α", -1, "1 ©o©α taco"), ("aaaa", "aa", "b", -1, "bb"), ("aaa", "aa", "b", -1, "ba"),
            ("é1", "", "-", -1, "-é-1-"), ("é1", "", "-", 2, "-é-1"), ("", "", "x", -1, "x"),
            ("abc", "b", "", -1, "ac"),
        ] as [(String, String, String, Int64, String)])
    func replaces(text: String, old: String, new: String, limit: Int64, expected: String) {
        #expect(CELString(text).replacing(CELString(old), with: CELString(new), limit: limit) == CELString(expected))
    }

    @Test(
        arguments: [
            ("hello world", " ", -1, ["hello", "world"]), ("hello world events!", " ", 0, []),
            ("hello world events!", " ", 1, ["hello world events!"]), ("o©o©o©o", "©", -1, ["o", "o", "o", "o"]),
            ("a,b,c", ",", 2, ["a", "b,c"]), (",a,", ",", -1, ["", "a", ""]), ("", ",", -1, [""]), ("", "", -1, []),
            ("aé😀", "", -1, ["a", "é", "😀"]), ("aé😀", "", 2, ["a", "é😀"]), ("aé😀", "", 1, ["aé😀"]),
            ("aé😀", "", 9, ["a", "é", "😀"]), ("abc", "x", -5, ["abc"]), ("aaa", "aa", -1, ["", "a"]),
        ] as [(String, String, Int64, [String])])
    func splits(text: String, separator: String, limit: Int64, expected: [String]) {
        #expect(CELString(text).split(CELString(separator), limit: limit) == expected.map { CELString($0) })
    }

    @Test func joins() throws {
        #expect(try CELString.joined([.string("x"), .string("y")]) == "xy")
        #expect(try CELString.joined([.string("x"), .string("y")], by: "-") == "x-y")
        #expect(try CELString.joined([], by: "-") == "")
        let error = #expect(throws: CELError.self) { try CELString.joined([.string("x"), .int(1)]) }
        #expect(error?.code == .noSuchOverload)
    }

    @Test(arguments: [
        ("first\nsecond", "\"first\\nsecond\""), ("bell\u{07}", "\"bell\\a\""), ("\u{08}", "\"\\b\""),
        ("\u{0C}\r\t\u{0B}", "\"\\f\\r\\t\\v\""), ("a\\b", "\"a\\\\b\""), ("mid \" quote", "\"mid \\\" quote\""),
        ("it's ÿ 😀", "\"it's ÿ 😀\""), ("", "\"\""),
    ])
    func quotes(text: String, expected: String) { #expect(CELString(text).quoted == CELString(expected)) }

    @Test func partsAndReverse() {
        let text: CELString = "ta©o"
        #expect(text.contains("a©") && text.contains("") && !text.contains("x") && !text.contains("ta©o!"))
        #expect(text.hasPrefix("ta") && text.hasPrefix("") && !text.hasPrefix("a") && !text.hasPrefix("ta©o!"))
        #expect(text.hasSuffix("©o") && text.hasSuffix("") && !text.hasSuffix("©") && !text.hasSuffix("!ta©o"))
        #expect(!CELString("e\u{301}").hasPrefix("\u{E9}") && CELString("e\u{301}").hasPrefix("e"))
        #expect(text.reversed == "o©at")
        #expect(CELString("").reversed == "")
    }
}
