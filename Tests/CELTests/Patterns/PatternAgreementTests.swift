import Testing

@testable import CEL

/// Patterns made at random, from a fixed seed: none crashes, and both ways of matching agree.
@Suite struct PatternAgreementTests {
    /// A generator of its own, so that every run tests the same.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) ^ (state << 31)
        }
    }

    private static let parts = [
        "a", "b", "é", "😀", "1", "_", " ", "\n", ".", "^", "$", "|", "(", ")", "(?:", "(?i)", "(?m)", "(?s:", "(?P<n>",
        "*", "+", "?", "{2}", "{1,3}", "{0,}", "{", "}", ",", "[", "]", "[^", "[a-c]", "-", "\\", "\\b", "\\B", "\\d",
        "\\W", "\\pL", "\\p{Greek}", "\\PN", "\\x41", "\\x{", "\\Q", "\\E", "\\A", "\\z", "[[:alpha:]]", "[:", ":]",
        "\\1",
    ]

    private static let letters = ["a", "b", "A", "é", "😀", "1", "_", " ", "\n", "Ω", "{", "]"]

    @Test(arguments: 0..<8)
    func randomPatterns(seed: UInt64) throws {
        var generator = Generator(state: seed)
        var accepted = 0
        var matching = 0
        for _ in 0..<400 {
            let count = Int.random(in: 1...7, using: &generator)
            let source = (0..<count).compactMap { _ in Self.parts.randomElement(using: &generator) }.joined()
            guard let pattern = accepts(source) else { continue }
            accepted += 1
            let plain = try CELPattern(CELString(source), prepared: false)
            for length in 0..<5 {
                let text = (0..<length).compactMap { _ in Self.letters.randomElement(using: &generator) }.joined()
                let matches = pattern.matches(CELString(text))
                #expect(matches == plain.matches(CELString(text)), "`\(source)` with `\(text)`")
                matching += matches ? 1 : 0
            }
        }
        #expect(accepted > 50)
        #expect(matching > 50)
    }

    /// The pattern, or nil where the error lies within it.
    private func accepts(_ source: String) -> CELPattern? {
        do throws(CELPatternError) {
            return try CELPattern(CELString(source))
        } catch {
            #expect((0...source.unicodeScalars.count).contains(error.offset), "`\(source)`: \(error)")
            return nil
        }
    }
}
