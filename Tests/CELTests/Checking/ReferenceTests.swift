import CEL
import Testing

@Suite struct ReferenceTests {
    private func parse(_ source: String) throws -> CELExpression {
        try CELProgram.compile(source, in: CELEnvironment([]), checked: false).expression
    }

    @Test(arguments: [
        Case("group.tier == \"live\" && subject.department in [\"A\"]", "group.tier subject.department"),
        Case("a.b.c + a.b", "a.b.c a.b"),
        Case("has(a.b.c) ? a.b.c : d", "a.b.c d"),
        Case("xs.exists(x, x.name == y.name)", "xs y.name"),
        Case("xs.map(x, .x.y)", "xs x.y"),
        Case("f(a).b + a[c].d", "a c"),
        Case("type(a) == int", "a"),
        Case("a.b.startsWith(c)", "a.b c"),
        Case("(a.b).c", "a.b"),
        Case("1 + 2", ""),
    ]) func whatIsReadIsListed(_ one: Case) throws {
        #expect(try parse(one.expression).references.map(\.name).joined(separator: " ") == one.expected)
    }

    @Test func aReferenceHasItsPlace() throws {
        let references = try parse("true\n && group.tier == x").references
        #expect(references.map(\.position) == [CELPosition(line: 2, column: 5), CELPosition(line: 2, column: 19)])
    }

    @Test(arguments: [
        Case("group.tier == \"live\"", "group.tier: \"live\""),
        Case("\"live\" == group.tier", "group.tier: \"live\""),
        Case("a.b in [1, 2u] && c", "a.b: 1, 2u; c: true"),
        Case("!a.b && (c == null && d == -1)", "a.b: false; c: null; d: -1"),
        Case("a == b", ""),
        Case("a == 1 || b == 2", ""),
        Case("a in [b, 1]", ""),
        Case("a in []", "a: "),
        Case("a != 1", ""),
        Case("f(a) == 1 && x.y(1)", ""),
        Case("a == [1]", ""),
    ]) func theIndexFindsWhatMustHold(_ one: Case) throws {
        let constraints = try parse(one.expression).constraints.map { constraint in
            constraint.path.joined(separator: ".") + ": "
                + constraint.values.map(Case.notation).joined(separator: ", ")
        }
        #expect(constraints.joined(separator: "; ") == one.expected)
    }
}
