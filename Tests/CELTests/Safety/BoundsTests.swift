import CEL
import Foundation
import Testing

@Suite struct BoundsTests {
    static let many = 100_000

    @Test(arguments: [
        String(repeating: "(", count: many) + "1" + String(repeating: ")", count: many),
        String(repeating: "(", count: many),
        String(repeating: "[", count: many),
        String(repeating: "{1:", count: many),
        String(repeating: "f(", count: many),
        String(repeating: "a[", count: many),
        String(repeating: "-(", count: many),
        String(repeating: "!(", count: many),
        String(repeating: "a.b(", count: many / 2),
        String(repeating: "true?", count: many / 2) + "1",
        String(repeating: "true?1:", count: many / 4) + "1",
        String(repeating: "1+", count: many) + "1",
        String(repeating: "1<", count: many) + "1",
        "1" + String(repeating: ".a", count: many),
        "a" + String(repeating: "[0]", count: many / 2),
        "a" + String(repeating: ".b()", count: many / 2),
        String(repeating: "[1].map(x,", count: many / 10),
        String(repeating: "x", count: 300_000),
    ]) func whatIsTooDeepOrTooLongIsAnError(_ source: String) {
        #expect(throws: CELProblems.self) {
            try CELProgram.compile(source, in: CELEnvironment([]), checked: false)
        }
    }

    @Test func longRowsThatAreNotDeepAreFine() {
        #expect(Case.evaluate(String(repeating: "!", count: Self.many) + "true") == "true")
        #expect(Case.evaluate(String(repeating: "-", count: Self.many) + "1") == "1")
        #expect(Case.evaluate(String(repeating: "true&&", count: 40_000) + "false") == "false")
        #expect(Case.evaluate(String(repeating: "false||", count: 30_000) + "true") == "true")
        #expect(Case.evaluate("[" + String(repeating: "1,", count: Self.many) + "1].size()") == "100001")
        #expect(Case.evaluate("\"" + String(repeating: "a", count: Self.many) + "\".size()") == "100000")
    }

    /// At least what the specification asks of every implementation, several times over.
    @Test func whatMustBeReadIsRead() {
        let levels = 100
        #expect(
            Case.evaluate(String(repeating: "(", count: levels) + "1" + String(repeating: ")", count: levels)) == "1")
        #expect(
            Case.evaluate(String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).hasPrefix("[[")
        )
        #expect(Case.evaluate(String(repeating: "1+", count: 400) + "1") == "401")
        let nested = String(repeating: "{\"a\":", count: levels) + "7" + String(repeating: "}", count: levels)
        #expect(Case.evaluate(nested + String(repeating: ".a", count: levels)) == "7")
        #expect(Case.evaluate(nested + String(repeating: "[\"a\"]", count: levels)) == "7")
        let walks = 40
        let source = String(repeating: "[1].map(x, ", count: walks) + "x" + String(repeating: ")", count: walks)
        #expect(Case.evaluate(source).hasPrefix("[[[["))
    }

    /// As deep as anything may be: every part that walks through the tree comes back from it.
    @Test(arguments: [
        (String(repeating: "1 + ", count: 510), "1", ""),
        (String(repeating: "-1 - ", count: 510), "1", ""),
        (String(repeating: "(", count: 126), "1", String(repeating: ")", count: 126)),
        (String(repeating: "!(", count: 126), "true", String(repeating: ")", count: 126)),
        (String(repeating: "[", count: 126), "1", String(repeating: "]", count: 126)),
        (String(repeating: "{1: ", count: 126), "1", String(repeating: "}", count: 126)),
        (String(repeating: "false ? 1 : ", count: 126), "1", ""),
        (String(repeating: "(true && (false || ", count: 63), "true", String(repeating: "))", count: 63)),
        (String(repeating: "[1].map(x, ", count: 126), "1", String(repeating: ")", count: 126)),
        (String(repeating: "[1].all(x, x == 1 && ", count: 126), "true", String(repeating: ")", count: 126)),
        (String(repeating: "string(", count: 126), "1", String(repeating: ")", count: 126)),
        ("'a'", String(repeating: ".trim()", count: 510), ""),
        ("[1]", String(repeating: ".filter(x, x == 1)", count: 250), ".size()"),
        ("dyn([1])", String(repeating: "[0]", count: 500), ""),
        ("dyn({})", String(repeating: ".a", count: 500), ""),
    ]) func theDeepestTreesHaveRoom(_ parts: (before: String, middle: String, after: String)) throws {
        let source = parts.before + parts.middle + parts.after
        for checked in [true, false] {
            let program = try CELProgram.compile(source, in: CELEnvironment([]), checked: checked)
            _ = program.expression.references
            do throws(CELError) {
                let value = try program.evaluate(CELActivation(CELEnvironment([])))
                _ = try value.json()
                #expect(value != .null)
            } catch {
                #expect(error.code != .costLimit)
            }
        }
    }

    @Test(arguments: [
        "xs.all(a, xs.all(b, xs.all(c, a + b + c >= 0)))",
        "xs.exists(a, xs.exists(b, a == b && a > 100000)) || xs.exists(a, xs.map(b, b).size() == 1)",
        "xs.map(a, xs.map(b, xs)).size() == 1",
        "xs.map(a, xs).exists(a, xs.map(b, xs).exists(b, a == b && b == []))",
        "xs.filter(a, xs.all(b, b in xs)).size() == 0",
        "xs.exists_one(a, xs.filter(b, xs.exists(c, c == -1)) == [])",
        "xs.map(a, xs + xs + xs + xs).size() == 1",
        "xs.map(a, string(a)).exists(a, xs.exists(b, (long + long + long).contains(a + \"x\")))",
        "xs.map(a, long + long).exists(a, xs.map(b, long + a).size() == 0)",
        "xs.map(a, xs.map(b, string(b)).join(long)).size() == 1",
        "xs.all(a, long.replace(\"a\", long) != \"\")",
        "xs.all(a, xs.all(b, !long.matches(\"(a|b|ab)*c\" + string(b))))",
        "xs.all(a, xs.all(b, long.split(\"\").size() > 0))",
        "xs.all(a, xs.all(b, \"%s\".format([xs]) != \"\"))",
        "xs.all(a, xs.all(b, xs == xs.map(x, x)))",
        "xs.all(a, xs.all(b, long == long + \"\"))",
        "xs.all(a, xs.all(b, size(long) > 0))",
        "xs.all(a, xs.all(b, long.reverse() != \"\"))",
        "xs.all(a, xs.all(b, long.indexOf(\"b\") < 0))",
        "[[[[[[[[0, 1].map(a, xs)]]]]]]].map(a, xs.map(b, xs.map(c, a == a && c == c))).size() == 0",
    ]) func whatCostsTooMuchEndsSoon(_ source: String) throws {
        let environment = CELEnvironment([.init("xs", .list(.int)), .init("long", .string)])
        var activation = CELActivation(environment)
        activation[0] = .list((0..<1000).map { .int(Int64($0)) })
        activation[1] = .string(CELString(String(repeating: "a", count: 20_000)))
        let program = try CELProgram.compile(source, in: environment)
        let begin = Self.ownSeconds()
        do throws(CELError) {
            let value = try program.evaluate(activation)
            Issue.record("\(source) gave \(value)")
        } catch {
            #expect(error.code == .costLimit, "\(source): \(error)")
        }
        #expect(Self.ownSeconds() - begin < 20, "\(source)")
    }

    /// What this thread has computed for: a busy machine does not count.
    private static func ownSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Doubling, thirty times over.
    @Test func whatGrowsWithoutBoundsEndsSoon() {
        let lists = "[[1]]" + String(repeating: ".map(x, x + x)", count: 40)
        let texts = "[\"ab\"]" + String(repeating: ".map(x, x + x)", count: 40)
        let shared = "[1]" + String(repeating: ".map(x, [x, x])", count: 40)
        #expect(Case.evaluate("[[1]].map(x, [x + x, x])") == "[[[1, 1], [1]]]")
        #expect(Case.evaluate(lists) == "!cost_limit_exceeded")
        #expect(Case.evaluate(texts) == "!cost_limit_exceeded")
        #expect(Case.evaluate(shared + " == " + shared) == "!cost_limit_exceeded")
        #expect(Case.evaluate("\"%s\".format(" + shared + ")") == "!cost_limit_exceeded")
    }

    @Test func theLimitCountsAndIsKept() throws {
        let environment = CELEnvironment([])
        let program = try CELProgram.compile("[1, 2, 3].map(x, x + 1).size()", in: environment)
        let activation = CELActivation(environment)
        #expect(throws: CELError.self) { try program.evaluate(activation, limit: 3) }
        #expect(try program.evaluate(activation, limit: 1_000) == .int(3))
        // It ends the evaluation whatever stands beside it.
        let absorbing = try CELProgram.compile("[1, 2, 3].all(x, x > 0) || true", in: environment)
        #expect(throws: CELError.self) { try absorbing.evaluate(activation, limit: 3) }
    }

    /// Types that would double with each step of the expression.
    @Test func typesDoNotGrowWithoutBounds() throws {
        let step = ".map(t, [{}].filter(x, x[t] == t)[0])"
        let source = "[1]" + String(repeating: step, count: 30)
        _ = try? CELProgram.compile(source, in: CELEnvironment([]))
        _ = try? CELProgram.compile("[1]" + String(repeating: ".map(x, {x: x})", count: 60), in: CELEnvironment([]))
        let open = (0..<5_000).map { _ in "[] == []" }.joined(separator: " && ")
        #expect(try CELProgram.compile(open, in: CELEnvironment([])).type == .bool)
    }
}
