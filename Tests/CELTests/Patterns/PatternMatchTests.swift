import Testing

@testable import CEL

/// What matches, both with the table of states and without.
@Suite struct PatternMatchTests {
    struct Case: Sendable, CustomStringConvertible {
        let pattern: String
        let matching: [String]
        let other: [String]

        init(_ pattern: String, _ matching: [String], not other: [String] = []) {
            self.pattern = pattern
            self.matching = matching
            self.other = other
        }

        var description: String { pattern }
    }

    private func check(_ test: Case) throws {
        for isPrepared in [true, false] {
            let pattern = try CELPattern(CELString(test.pattern), prepared: isPrepared)
            for text in test.matching { #expect(pattern.matches(CELString(text)), "`\(text)`, \(isPrepared)") }
            for text in test.other { #expect(!pattern.matches(CELString(text)), "`\(text)`, \(isPrepared)") }
        }
    }

    @Test(
        arguments: [
            Case("", ["", "a"]),
            Case("b", ["abc", "b"], not: ["", "ac", "B"]),
            Case("^ab", ["ab", "abc"], not: ["cab", "a"]),
            Case("bc$", ["bc", "abc"], not: ["bcd", "bc\n", "c"]),
            Case("^abc$", ["abc"], not: ["abcd", "zabc", "abc\n", ""]),
            Case("aaaaaaaaaaaaaaaaaaab", ["aaaaaaaaaaaaaaaaaaaaaaaaab"], not: ["aaaaaaaaaaaaaaaaaaaaaaaa"]),
            Case("a\\.b", ["a.b"], not: ["axb"]),
            Case("\\Qa.b*\\E+", ["a.b**"], not: ["a.b", "axb*"]),
            Case("\\Qa.b", ["za.b"], not: ["axb"]),
            Case("\\x41\\x{1F600}\\101\\0\\n\\t\\a\\f\\r\\v", ["A😀A\0\n\t\u{07}\u{0C}\r\u{0B}"], not: ["A😀A"]),
            Case("\\_\\-\\/", ["_-/"]),
        ])
    func literals(_ test: Case) throws { try check(test) }

    @Test(arguments: [
        Case("^a*$", ["", "a", "aaa"], not: ["b", "ab"]),
        Case("^a+b?$", ["a", "aab"], not: ["", "b", "abb"]),
        Case("^a{2}$", ["aa"], not: ["a", "aaa"]),
        Case("^a{2,}$", ["aa", "aaaa"], not: ["a"]),
        Case("^a{2,3}$", ["aa", "aaa"], not: ["a", "aaaa"]),
        Case("^a{0}$", [""], not: ["a"]),
        Case("^a{0,2}?$", ["", "aa"], not: ["aaa"]),
        Case("^(ab|c)*?d+?$", ["d", "abcd", "cababdd"], not: ["abd c", "ab"]),
        Case("a{,2}", ["a{,2}"], not: ["aa"]),
        Case("a{", ["a{"], not: ["a"]),
        Case("a{1", ["a{1"]),
        Case("a{01}", ["a{01}"], not: ["a"]),
        Case("{", ["{"]),
        Case("^(|a)+$", ["", "aa"], not: ["b"]),
        Case("^(a*)*$", ["", "aa"], not: ["b"]),
        Case("^(?:(?:a?){3}){2}$", ["", "aaaaaa"], not: ["aaaaaaa"]),
        Case("^(?:)*x$", ["x"], not: [""]),
        Case("^(?:){3}x$", ["x"]),
        Case("^(\\b)*x", ["x"]),
        Case("a||b", ["", "z"]),
        Case("^(?:a|b|)$", ["", "a", "b"], not: ["c", "ab"]),
        Case("(?U)^a+?b$", ["aab"], not: ["b"]),
    ])
    func repetitionsAndChoices(_ test: Case) throws { try check(test) }

    @Test(
        arguments: [
            Case("^.$", ["a", "é", "😀"], not: ["\n", "", "ab", "e\u{301}"]),
            Case("(?s)^.$", ["\n"]),
            Case("^[abc]$", ["a", "c"], not: ["d", "-"]),
            Case("^[^abc]$", ["d", "\n", "é"], not: ["a"]),
            Case("^[]a]$", ["]", "a"], not: ["b"]),
            Case("^[^]a]$", ["b"], not: ["]"]),
            Case("^[a-c-]$", ["b", "-"], not: ["d"]),
            Case("^[-a]$", ["-", "a"]),
            Case("^[a\\-z]$", ["-", "z"], not: ["b"]),
            Case("^[[:alpha:][:digit:]_]$", ["Q", "7", "_"], not: ["-", "é"]),
            Case("^[[:^space:]]$", ["a"], not: [" ", "\u{0B}"]),
            Case("^[^[:word:]]$", ["-"], not: ["w"]),
            Case("^[[:punct:]]$", ["!", "~", "["], not: ["a"]),
            Case("^\\d\\D\\s\\S\\w\\W$", ["1a bc-"], not: ["1a\u{0B}bc-", "٣a bc-"]),
            Case("^[\\d\\s]$", ["5", " "], not: ["a"]),
            Case("^[^\\D]$", ["5"], not: ["a"]),
            Case("^[\\W\\w]$", ["a", "-", "\n"]),
            Case("^[é-ü]$", ["ê"], not: ["z", "þ"]),
            Case("^[\\x{1F600}-\\x{1F64F}]$", ["😀", "🙏"], not: ["🚀"]),
            Case("[:alpha:]", ["a", ":"], not: ["z"]),
        ])
    func classes(_ test: Case) throws { try check(test) }

    @Test(arguments: [
        Case("^\\pL+$", ["abcÄß", "日本", "я"], not: ["1", "a1"]),
        Case("^\\p{Lu}$", ["A", "Ж"], not: ["a"]),
        Case("^\\PL$", ["1", "-"], not: ["a"]),
        Case("^\\p{^Lu}$", ["a"], not: ["A"]),
        Case("^\\P{^Lu}$", ["A"], not: ["a"]),
        Case("^[\\p{Nd}x]$", ["٣", "5", "x"], not: ["y"]),
        Case("^\\p{Greek}+$", ["Ωμέγα"], not: ["Omega"]),
        Case("^\\p{Cyrillic}$", ["ж"], not: ["z"]),
        Case("^[\\p{Han}\\p{Hiragana}]+$", ["日本の"], not: ["kana"]),
        Case("^\\p{Any}$", ["x", "\u{10FFFF}"]),
        Case("^\\p{Co}$", ["\u{F0000}", "\u{E000}"], not: ["a"]),
        Case("^\\p{Zs}$", [" ", "\u{3000}"], not: ["\n"]),
        Case("^\\p{So}$", ["😀"], not: ["a"]),
    ])
    func unicodeClasses(_ test: Case) throws { try check(test) }

    @Test(arguments: [
        Case("(?i)^straße$", ["STRAßE", "straße", "STRA\u{1E9E}E"], not: ["STRASSE"]),
        Case("(?i)^k$", ["K", "k", "\u{212A}"], not: ["q"]),
        Case("(?i)^[a-c]$", ["B"], not: ["D"]),
        Case("(?i)^[^a]$", ["b"], not: ["a", "A"]),
        Case("(?i)^σ$", ["Σ", "ς", "σ"], not: ["s"]),
        Case("(?i)^i$", ["I"], not: ["ı", "İ"]),
        Case("(?i)^\\p{Lu}$", ["a"], not: ["1"]),
        Case("^a(?i)b|c$", ["aB", "xC", "xc"], not: ["AB"]),
        Case("^(?:(?i)a)b$", ["Ab"], not: ["AB"]),
        Case("^(?i:a)b$", ["Ab"], not: ["AB"]),
        Case("^(?i)a(?-i)b$", ["Ab"], not: ["AB"]),
        Case("(?im-s)^a.$", ["x\nAb\ny"], not: ["A\n"]),
        Case("(?m)^b$", ["a\nb\nc", "b"], not: ["ab"]),
        Case("(?m)\\Ab$", ["b\na"], not: ["a\nb"]),
        Case("(?m)a\\z", ["b\na"], not: ["a\nb"]),
        Case("(?m)^$", ["", "a\n", "a\n\nb"], not: ["a"]),
        Case("^(?P<year>\\d{4})-(?<month>\\d\\d)$", ["2024-02"], not: ["24-02"]),
    ])
    func flagsAndGroups(_ test: Case) throws { try check(test) }

    @Test(arguments: [
        Case("\\bfoo\\b", ["a foo b", "foo", "(foo)"], not: ["food", "_foo", "foo1"]),
        Case("\\Boo\\b", ["foo"], not: ["oo"]),
        Case("^\\B$", [""], not: ["a"]),
        Case("\\b", ["a"], not: ["", "--"]),
        Case("é\\b", ["éa"], not: ["é"]),
        Case("a\\b\\B", [], not: ["a", "ab"]),
        Case("(?:^|,)x(?:,|$)", ["x", "a,x", "x,b", "a,x,b"], not: ["ax", "xb"]),
        Case("$^", [""], not: ["a"]),
        Case("a$b", [], not: ["ab", "a\nb"]),
        Case("^*a", ["a", "ba"]),
    ])
    func assertions(_ test: Case) throws { try check(test) }

    /// The bytes are those of a decomposed `é` and of a composed one: nothing is normalized.
    @Test func nothingIsNormalized() throws {
        let pattern = try CELPattern("^\u{E9}$")
        #expect(pattern.matches("\u{E9}"))
        #expect(!pattern.matches("e\u{301}"))
    }

    @Test func bytesThatAreNoTextCountAsReplacements() throws {
        let pattern = try CELPattern("^a\\x{FFFD}+b?$")
        for bytes in [
            [0x61, 0xFF], [0x61, 0xC3], [0x61, 0xE2, 0x82], [0x61, 0xC0, 0x80], [0x61, 0xED, 0xA0, 0x80],
        ] {
            let bytes = bytes.map { UInt8($0) }
            #expect(bytes.withUnsafeBufferPointer { pattern.matches($0) })
        }
    }
}
