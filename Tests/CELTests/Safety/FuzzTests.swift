import CEL
import Testing

@Suite struct FuzzTests {
    static let record = CELRecordType(
        name: "row", fields: [.init("ok", .bool), .init("n", .int), .init("s", .string), .init("ints", .list(.int))])
    static let environment = CELEnvironment([
        .init("b", .bool), .init("i", .int), .init("u", .uint), .init("d", .double), .init("s", .string),
        .init("ints", .list(.int)), .init("strs", .list(.string)), .init("scores", .map(.string, .int)),
        .init("t", .timestamp), .init("r", .record(record)),
    ])

    static func activation() throws -> CELActivation {
        let ints = CELValue.list([.int(1), .int(-2), .int(0)])
        let scores = try CELMap([.init(key: "a", value: .int(5)), .init(key: "é", value: .int(-1))])
        return CELActivation(
            environment,
            [
                "b": .bool(true), "i": .int(42), "u": .uint(9), "d": .double(-0.5), "s": "a,b,é", "ints": ints,
                "strs": .list(["x", ""]), "scores": .map(scores),
                "t": try CELProgram.compile("timestamp(1e9 > 1.0 ? 1700000000 : 0)", in: CELEnvironment([]))
                    .evaluate(CELActivation(CELEnvironment([]))),
                "r": .record(CELRecord(record, [.bool(false), .int(7), "row", ints])),
            ])
    }

    /// What is written by the rules of types is taken, never fails for want of an overload, and gives the same whether
    /// it was checked or not.
    @Test func whatIsCheckedNeverLacksAnOverload() throws {
        let activation = try Self.activation()
        var values = 0
        for seed in 0..<3_000 as Range<UInt64> {
            var random = RandomExpression(seed: seed)
            let kind = RandomExpression.Kind.allCases[Int(seed % 11)]
            let source = random.write(kind, depth: 1 + Int(seed % 4))
            let checked = try CELProgram.compile(source, in: Self.environment)
            let free = try CELProgram.compile(source, in: Self.environment, checked: false)
            let (left, right) = (Self.outcome(checked, activation), Self.outcome(free, activation))
            #expect(left == right, "\(source)")
            #expect(left != "!no_such_overload", "\(source)")
            if !left.hasPrefix("!") { values += 1 }
        }
        #expect(values > 1_500)
    }

    /// With mistakes in it, it is refused, or the mistake stands where it does no harm.
    @Test func mistakesAreFoundBeforeOrAreNone() throws {
        let activation = try Self.activation()
        var refused = 0
        for seed in 0..<3_000 as Range<UInt64> {
            var random = RandomExpression(seed: seed &+ 1 << 32, mistakes: 12)
            let source = random.write(.bool, depth: 1 + Int(seed % 4))
            do throws(CELProblems) {
                let program = try CELProgram.compile(source, in: Self.environment)
                // A list of values of different types is a list of `dyn`.
                #expect(
                    Self.outcome(program, activation) != "!no_such_overload" || source.contains("["), "\(source)")
            } catch {
                refused += 1
                let free = try CELProgram.compile(source, in: Self.environment, checked: false)
                _ = Self.outcome(free, activation)
            }
        }
        #expect(refused > 500)
    }

    /// Texts that are nearly expressions, and bytes that are none.
    @Test func noTextCrashesTheParser() throws {
        let activation = try Self.activation()
        let pieces = [
            "(", ")", "[", "]", "{", "}", ",", ".", ":", "?", "!", "-", "+", "*", "&&", "||", "==", "in", " ", "\n",
            "\"", "'", "\"\"\"", "r'", "b\"", "\\", "\\u", "\\x4", "0x", "1e", "1.", "9", "u", "e", "has", "map", "é",
            "\u{0}", "`", "//", "true", "null", "x", "type", "_", "\r", "💥", "0", "..", "$",
        ]
        for seed in 0..<8_000 as Range<UInt64> {
            var generator = SeededGenerator(seed)
            var expression = RandomExpression(seed: seed)
            var text = seed % 3 == 0 ? "" : expression.write(.bool, depth: 2)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let scalars = Array(text.unicodeScalars)
                let place = Int.random(in: 0...scalars.count, using: &generator)
                let cut = min(scalars.count, place + Int.random(in: 0...2, using: &generator))
                var changed = String.UnicodeScalarView(scalars[..<place])
                changed.append(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &generator)].unicodeScalars)
                changed.append(contentsOf: scalars[cut...])
                text = String(changed)
            }
            if let program = try? CELProgram.compile(text, in: Self.environment, checked: seed % 2 == 0) {
                _ = Self.outcome(program, activation)
            }
        }
    }

    private static func outcome(_ program: CELProgram, _ activation: CELActivation) -> String {
        do throws(CELError) {
            return Case.notation(try program.evaluate(activation, limit: 100_000))
        } catch {
            return "!\(error.code.rawValue)"
        }
    }
}
