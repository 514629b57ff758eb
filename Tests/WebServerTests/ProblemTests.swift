import Testing
import WebServer

/// What an answer repeats of a request.
@Suite struct ProblemTests {
    private static let hostile = "a\u{0}b\u{1B}[2J\u{9B}c\u{202E}d\r\n娜"

    @Test func controlsAreWrittenOut() {
        let problem = Problem(
            .badRequest, "invalid-body", Self.hostile,
            faults: [Problem.Fault(at: "/\(Self.hostile)", "`\(Self.hostile)` is unknown")])
        let shown = #"a\u{0}b\u{1b}[2J\u{9b}c\u{202e}d\u{d}"# + "\n娜"
        let document = problem.json("r")
        #expect(document["detail"]?.string == shown)
        #expect(document["errors"]?.array?.first?["at"]?.string == "/" + shown)
        #expect(document["errors"]?.array?.first?["message"]?.string == "`\(shown)` is unknown")
    }

    @Test func aLineOfALogIsOneAndShort() {
        #expect(LogText.visible("a\nb") == #"a\u{a}b"#)
        #expect(LogText.visible(String(repeating: "x", count: 600)).count == 500)
        #expect(LogText.visibleLines(String(repeating: "x", count: 600)).count == 600)
    }
}
