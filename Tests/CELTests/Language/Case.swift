import CEL
import StrictJSON
import Testing

/// An expression and what it should give: a value in the notation below, or an error as `!code`.
struct Case: Sendable, CustomTestStringConvertible {
    let expression: String
    let expected: String

    init(_ expression: String, _ expected: String) {
        self.expression = expression
        self.expected = expected
    }

    var testDescription: String { expression }

    static func evaluate(_ expression: String, _ variables: [String: CELValue] = [:]) -> String {
        let environment = CELEnvironment(variables: variables.mapValues { _ in .dyn })
        let program: CELProgram
        do throws(CELProblems) {
            program = try CELProgram.compile(expression, in: environment, checked: false)
        } catch {
            return "!syntax"
        }
        do throws(CELError) {
            return notation(try program.evaluate(CELActivation(environment, variables)))
        } catch {
            return "!\(error.code.rawValue)"
        }
    }

    func check(_ variables: [String: CELValue] = [:], at location: SourceLocation = #_sourceLocation) {
        let found = Self.evaluate(expression, variables)
        #expect(found == expected, "\(expression)", sourceLocation: location)
    }

    /// A value so that its type can be seen: `1`, `1u`, `1.0`, `"a"`, `b"6162"`, `[1, 2]`, `{"a": 1}`.
    static func notation(_ value: CELValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)u"
        case .double(let value): value.isNaN ? "nan" : "\(value)"
        case .string(let value): "\"\(value.text)\""
        case .bytes(let value): "b\"" + value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\""
        case .list(let values): "[" + values.map(notation).joined(separator: ", ") + "]"
        case .map(let map):
            "{" + map.entries.map { notation($0.key) + ": " + notation($0.value) }.joined(separator: ", ") + "}"
        case .timestamp(let value): "timestamp(\(value))"
        case .duration(let value): "duration(\(value))"
        case .type(let value): "type(\(value))"
        case .record(let value): "record(\(value.type.name))"
        }
    }
}

extension Array where Element == Case {
    /// One case a line: the expression, ` => `, what it should give.
    init(lines: String) {
        self = lines.split(whereSeparator: \.isNewline).compactMap { line in
            guard let arrow = line.ranges(of: " => ").last else { return nil }
            return Case(String(line[..<arrow.lowerBound]), String(line[arrow.upperBound...]))
        }
    }
}
