import Testing

@testable import CEL

/// Linear time, bounded size and errors with a position.
@Suite struct PatternLimitTests {
    private static let length = 100_000

    struct Slow: Sendable, CustomTestStringConvertible {
        let pattern: String
        let text: String
        let matches: Bool

        var testDescription: String { pattern }

        /// A text of about that many bytes that ends as this one does.
        func text(ofLength length: Int) -> CELString { CELString(String(text.suffix(length))) }
    }

    /// Patterns that take exponential or quadratic time where ways are tried one after the other.
    static let slow: [Slow] = [
        Slow(pattern: "(a*)*b", text: String(repeating: "a", count: length), matches: false),
        Slow(pattern: "(a|a)*$b", text: String(repeating: "a", count: length), matches: false),
        Slow(pattern: "^(a|a)*$", text: String(repeating: "a", count: length) + "!", matches: false),
        Slow(pattern: "^(a+)+$", text: String(repeating: "a", count: length) + "!", matches: false),
        Slow(
            pattern: String(repeating: "(a?)", count: 30) + "a{30}c", text: String(repeating: "a", count: length),
            matches: false),
        Slow(pattern: "(a?){30}a{30}", text: String(repeating: "a", count: 29), matches: false),
        Slow(pattern: "(a?){30}a{30}$", text: String(repeating: "a", count: length), matches: true),
        Slow(pattern: "(x+x+)+y", text: String(repeating: "x", count: length), matches: false),
        Slow(pattern: ".*.*.*.*=.*", text: String(repeating: "z", count: length), matches: false),
        Slow(pattern: "(.*)(.*)(.*)(.*)(.*)[^a]$", text: String(repeating: "a", count: length), matches: false),
        Slow(pattern: "(?:a|b)*a(?:a|b){14}c", text: String(repeating: "ab", count: 10_000), matches: false),
        Slow(pattern: "\\b(\\w+\\s*)+\\z-", text: String(repeating: "ab ", count: length / 3), matches: false),
        Slow(
            pattern: String(repeating: "a", count: 40) + "b", text: String(repeating: "a", count: length),
            matches: false),
    ]

    @Test(arguments: slow)
    func stepsAreLinearInTextTimesProgram(_ test: Slow) throws {
        let pattern = try CELPattern(CELString(test.pattern))
        var steps = 0
        let matches = CELString(test.text).withBytes { pattern.matches($0, steps: &steps) }
        #expect(matches == test.matches)
        #expect(steps <= (test.text.utf8.count + 1) * pattern.stepsPerByte)
    }

    /// Without the table too, and no accident of one length: double the text is at most double the steps.
    @Test(arguments: slow)
    func doubleTheTextIsDoubleTheSteps(_ test: Slow) throws {
        let pattern = try CELPattern(CELString(test.pattern), prepared: false)
        let counts = [4_000, 8_000].map { length in
            var steps = 0
            let matches = test.text(ofLength: length).withBytes { pattern.matches($0, steps: &steps) }
            #expect(matches == test.matches)
            #expect(steps <= (length + 1) * pattern.stepsPerByte)
            return steps
        }
        // The first code points need fewer steps than the later ones.
        #expect(counts[0] > 0)
        #expect(counts[1] <= 2 * counts[0] + 100 * pattern.stepsPerByte)
    }

    @Test func usualPatternsArePrepared() throws {
        for source in ["^[a-z]+@example\\.(com|org)$", "(?i)^adm-[0-9]{3}", "\\p{L}+x", "(a?){30}a{30}", "\\bx\\b"] {
            #expect(try CELPattern(CELString(source)).stepsPerByte == 1, "`\(source)`")
        }
        #expect(try CELPattern("(?:a|b)*a(?:a|b){14}c").stepsPerByte > 1)
    }

    struct Rejected: Sendable, CustomStringConvertible {
        let pattern: String
        let code: CELPatternError.Code
        let offset: Int

        init(_ pattern: String, _ code: CELPatternError.Code, _ offset: Int) {
            self.pattern = pattern
            self.code = code
            self.offset = offset
        }

        var description: String { String(pattern.prefix(40)) }
    }

    @Test(arguments: [
        Rejected("a(b", .syntax, 1), Rejected("a)b", .syntax, 1), Rejected("é[b", .syntax, 1),
        Rejected("[]", .syntax, 0), Rejected("[^]", .syntax, 0), Rejected("x\\", .syntax, 1),
        Rejected("*a", .syntax, 0), Rejected("a|*", .syntax, 2), Rejected("(+)", .syntax, 1),
        Rejected("a**", .syntax, 1), Rejected("a+*", .syntax, 1), Rejected("a??*", .syntax, 1),
        Rejected("a{2}{3}", .syntax, 1), Rejected("a{1001}", .syntax, 1),
        Rejected("a{99999999999999999999}", .syntax, 1),
        Rejected("a{3,2}", .syntax, 1), Rejected("(a{100}){100}", .syntax, 8),
        Rejected("((a{10}){10}){11}", .syntax, 13),
        Rejected("[z-a]", .syntax, 1), Rejected("[a-\\d]", .syntax, 3), Rejected("[[:foo:]]", .syntax, 1),
        Rejected("\\p{Klingon}", .syntax, 0), Rejected("a\\p{L", .syntax, 1), Rejected("\\p", .syntax, 0),
        Rejected("\\y", .syntax, 0), Rejected("\\Z", .syntax, 0), Rejected("\\C", .syntax, 0),
        Rejected("\\é", .syntax, 0), Rejected("\\x4", .syntax, 0), Rejected("\\x{110000}", .syntax, 0),
        Rejected("\\x{}", .syntax, 0), Rejected("\\x{41", .syntax, 0), Rejected("(?i", .syntax, 0),
        Rejected("(?z)", .syntax, 0), Rejected("(?-)", .syntax, 0), Rejected("(?i-)", .syntax, 0),
        Rejected("(?P<n>a)(?P<n>b)", .syntax, 12), Rejected("(?P<>a)", .syntax, 0), Rejected("(?P<a b>c)", .syntax, 5),
        Rejected("(?P<n", .syntax, 0), Rejected("a(?=b)", .unsupported, 1), Rejected("(?!b)", .unsupported, 0),
        Rejected("(?<=b)", .unsupported, 0), Rejected("(?<!b)", .unsupported, 0), Rejected("(a)\\1", .unsupported, 3),
        Rejected("(?P<n>a)(?P=n)", .unsupported, 8), Rejected("(?>a)", .unsupported, 0),
        Rejected("(?#c)", .unsupported, 0), Rejected("(?'n'a)", .unsupported, 0), Rejected("[\\1]", .unsupported, 1),
        Rejected(String(repeating: "(", count: 201) + String(repeating: ")", count: 201), .tooDeep, 200),
        Rejected(String(repeating: "(?:", count: 3_000), .tooDeep, 600),
        Rejected(String(repeating: "a", count: 10_001), .tooLarge, 10_000),
        Rejected(String(repeating: "(?:[ab]{500}c)?", count: 50), .tooLarge, 0),
    ])
    func rejectsWithPosition(_ test: Rejected) {
        let error = #expect(throws: CELPatternError.self) { try CELPattern(CELString(test.pattern)) }
        #expect(error?.code == test.code)
        #expect(error?.offset == test.offset, "\(String(describing: error))")
    }

    @Test func errorsNameTheCharacter() {
        let error = #expect(throws: CELPatternError.self) { try CELPattern("ab**") }
        #expect(error?.description == "invalid nested repetition `**` at character 3 of the pattern")
    }

    /// Flags between the operators are the one way to nest repetitions without groups.
    @Test func repetitionsWithoutGroupsAreBounded() {
        let pattern = "a" + String(repeating: "*(?i)", count: 1_500)
        let error = #expect(throws: CELPatternError.self) { try CELPattern(CELString(pattern)) }
        #expect(error?.code == .tooDeep)
    }

    @Test func deepestNestingIsAllowed() throws {
        let deep = String(repeating: "(", count: 200) + "a" + String(repeating: ")*", count: 200)
        #expect(try CELPattern(CELString(deep)).matches("aaa"))
    }

    @Test func manyThreadsShareAPattern() async throws {
        for source in ["(?:a|b)*a(?:a|b){13}c", "^[ab]+c$"] {
            let pattern = try CELPattern(CELString(source))
            let text = CELString(String(repeating: "ab", count: 50) + "c")
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 { group.addTask { (0..<50).allSatisfy { _ in pattern.matches(text) } } }
                for await matched in group { #expect(matched) }
            }
        }
    }
}
