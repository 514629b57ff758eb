import CEL
import StrictJSON
import Testing

@Suite struct SelectionTests {
    @Test(arguments: aggregates) func partsAreFound(_ one: Case) { one.check() }

    static let aggregates = [Case](
        lines: #"""
            [7, 8, 9][0] => 7
            [7, 8, 9][2] => 9
            [7, 8, 9][3] => !index_out_of_range
            [7, 8, 9][-1] => !index_out_of_range
            [][0] => !index_out_of_range
            [7, 8, 9][1u] => 8
            [7, 8, 9][1.0] => 8
            [7, 8, 9][0.1] => !invalid_argument
            [7, 8, 9][18446744073709551615u] => !invalid_argument
            [7, 8, 9]["0"] => !no_such_overload
            [7, 8, 9][true] => !no_such_overload
            [[1, 2], [3]][0][1] => 2
            {"a": 1}["a"] => 1
            {"a": 1}["b"] => !no_such_key
            {"a": 1}.a => 1
            {"a": 1}.b => !no_such_key
            {"a": {"b": 2}}.a.b => 2
            {1: "a"}[1] => "a"
            {1: "a"}[1u] => "a"
            {1: "a"}[1.0] => "a"
            {1u: "a"}[1] => "a"
            {1: "a"}[1.5] => !no_such_key
            {1: "a"}["1"] => !no_such_key
            {true: "a"}[true] => "a"
            {true: "a"}[1] => !no_such_key
            {18446744073709551615u: "a"}[18446744073709551615u] => "a"
            {18446744073709551615u: "a"}[-1] => !no_such_key
            {"é": 1}["e\u0301"] => !no_such_key
            {1: "a"}[null] => !no_such_key
            {1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 6: 7, 7: 8, 8: 9, 9: 10, 10: 11}[10.0] => 11
            {"a": 1, "a": 2} => !duplicate_key
            {1: 1, 1u: 2} => !duplicate_key
            {1: 1, "1": 2} => {1: 1, "1": 2}
            {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 3: 9} => !duplicate_key
            {1.0: 1} => !unsupported_key_type
            {null: 1} => !unsupported_key_type
            {[]: 1} => !unsupported_key_type
            {"a": 1 / 0} => !division_by_zero
            [1 / 0] => !division_by_zero
            1.a => !no_such_overload
            (1).a => !no_such_overload
            "a".b => !no_such_overload
            null.a => !no_such_overload
            [1].a => !no_such_overload
            1[0] => !no_such_overload
            "abc"[0] => !no_such_overload
            {"b": 1, "a": 2} => {"b": 1, "a": 2}
            size([1, 2, 3]) => 3
            [1, 2].size() => 2
            size({1: 2}) => 1
            {1: 2}.size() => 1
            size("") => 0
            size("héé") => 3
            "🐱é".size() => 2
            size("e\u0301") => 2
            size(b"\xff\xfe") => 2
            b"ÿ".size() => 2
            size(1) => !no_such_overload
            size(null) => !no_such_overload
            size() => !no_such_overload
            Thing{} => !undeclared_reference
            a.b.Thing{x: 1, y: 2} => !undeclared_reference
            Thing{x: 1 => !syntax
            Thing{1: 1} => !syntax
            """#)

    @Test func namesAreResolvedByTheLongestPrefix() {
        let variables: [String: CELValue] = [
            "a": .map(map(["b": .map(map(["c": .string("of a")]))])),
            "a.b": .map(map(["c": .string("of a.b"), "d": .int(4)])),
            "x.y.z": .int(1),
            "y": .string("outer"),
        ]
        let cases = [Case](
            lines: #"""
                a.b.c => "of a.b"
                (a.b).c => "of a.b"
                (a).b.c => "of a"
                a["b"].c => "of a"
                a.b.d => 4
                .a.b.d => 4
                x.y.z => 1
                .x.y.z => 1
                x.y => !undeclared_reference
                x.y.z.q => !no_such_overload
                has(a.b.d) => true
                has(a.b.e) => false
                [1].map(y, y) => [1]
                [1].map(y, .y) => ["outer"]
                [{"z": 5}].map(y, y.z) => [5]
                [1].map(a, a) => [1]
                [{"b": {"d": 5}}].map(a, a.b.d) => [5]
                [0].map(a, .a.b.d) => [4]
                y => "outer"
                int => type(int)
                type(int) => type(type)
                google.protobuf.Timestamp == type(timestamp(0)) => true
                google.protobuf.Duration => type(google.protobuf.Duration)
                google.protobuf => !undeclared_reference
                """#)
        #expect(cases.count == 24)
        for one in cases { one.check(variables) }
    }

    @Test func aVariableWithoutAValueIsAnError() throws {
        let environment = CELEnvironment([.init("a", .int), .init("b", .bool)])
        var activation = CELActivation(environment)
        let program = try CELProgram.compile("b || a == 1", in: environment)
        #expect(throws: CELError.self) { try program.isTrue(activation) }
        activation[0] = .int(1)
        #expect(try program.isTrue(activation))
        activation[0] = nil
        activation[1] = .bool(true)
        #expect(try program.isTrue(activation))
    }

    @Test func anActivationOfAnotherEnvironmentIsAnError() throws {
        let environment = CELEnvironment([.init("a", .int), .init("b", .bool)])
        let program = try CELProgram.compile("b", in: environment)
        let other = CELActivation(CELEnvironment([.init("a", .int)]))
        #expect(throws: CELError.self) { try program.evaluate(other) }
    }

    private func map(_ entries: [String: CELValue]) -> CELMap {
        (try? CELMap(entries.map { CELMap.Entry(key: .string($0.key), value: $0.value) })) ?? CELMap()
    }
}
