import CEL
import Testing

@Suite struct CheckerTests {
    static let group = CELRecordType(
        name: "group",
        fields: [
            .init("name", .string), .init("tier", .string), .init("size", .int), .init("live", .bool),
            .init("since", .timestamp), .init("labels", .map(.string, .string)), .init("admins", .list(.string)),
        ])
    static let subject = CELRecordType(
        name: "subject", fields: [.init("id", .string), .init("manager", .record(group)), .init("extra", .dyn)])
    static let environment = CELEnvironment([
        .init("group", .record(group)), .init("subject", .record(subject)), .init("time.now", .timestamp),
        .init("count", .int), .init("share", .double), .init("total", .uint), .init("any", .dyn),
        .init("names", .list(.string)), .init("scores", .map(.string, .int)), .init("rows", .list(.record(group))),
    ])

    @Test(arguments: types) func whatIsRightHasAType(_ one: Case) throws {
        let program = try CELProgram.compile(one.expression, in: Self.environment)
        #expect(program.type.description == one.expected)
    }

    static let types = [Case](
        lines: #"""
            1 => int
            1u => uint
            1.0 => double
            "a" => string
            b"a" => bytes
            null => null
            group.tier => string
            group.labels.a => string
            group.labels["a"] => string
            group.admins[0] => string
            subject.manager.tier => string
            (subject).manager.tier => string
            (subject.manager).tier => string
            subject.extra.whatever.at.all => dyn
            time.now => timestamp
            time.now.getHours() => int
            time.now - time.now => duration
            time.now + duration("1h") => timestamp
            group => group
            rows.map(r, r.tier) => list(string)
            rows.filter(r, r.live) => list(group)
            rows.exists(r, r.live && r.size > 3) => bool
            scores.map(k, k) => list(string)
            scores.filter(k, scores[k] > 1) => list(string)
            scores.all(k, k.startsWith("a")) => bool
            names.map(n, n.size() > 2, n + "!") => list(string)
            [] => list(dyn)
            {} => map(dyn, dyn)
            [1, 2] => list(int)
            [1, "a"] => list(dyn)
            [[], [1]] => list(list(int))
            [null, group] => list(group)
            {"a": 1} => map(string, int)
            {"a": 1, "b": "c"} => map(string, dyn)
            {"a": []} == {"a": [1]} => bool
            true ? 1 : 2 => int
            true ? any : 2 => dyn
            true ? [] : [1] => list(int)
            any + 1 => int
            any == 1 => bool
            any.b.c[1] => dyn
            any in [1, 2] => bool
            count in [] => bool
            "a" in scores => bool
            count < total => bool
            count < share => bool
            share >= total => bool
            dyn(count) == dyn("a") => bool
            type(count) => type(int)
            type(count) == int => bool
            type(count) == string => bool
            type(type(1)) => type(type(int))
            int => type(int)
            size(names) + names.size() => int
            string(count) + "x" => string
            "%d".format([count]) => string
            "a,b".split(",")[0] => string
            group.since > timestamp("2024-01-01T00:00:00Z") => bool
            group == null => bool
            has(group.tier) => bool
            has(any.x) => bool
            has(scores.x) => bool
            [1].map(x, [x].map(y, x + y)) => list(list(int))
            [{"a": 1}].map(m, m.a) => list(int)
            [1, 2].map(x, {x: x}) => list(map(int, int))
            strings.quote("a") => string
            matches("a", "b") => bool
            -count => int
            !group.live => bool
            -share => double
            """#)

    @Test(arguments: mistakes) func whatCannotWorkIsSaidWithItsPlace(_ one: Case) {
        do throws(CELProblems) {
            _ = try CELProgram.compile(one.expression, in: Self.environment)
            Issue.record("`\(one.expression)` was taken")
        } catch {
            #expect(error.description == one.expected)
        }
    }

    static let mistakes = [Case](
        lines: #"""
            grop.tier => 1:1: there is no variable `grop`; did you mean `group`?
            group.teir => 1:7: `group` has no field `teir`; did you mean `tier`?
            group.colour == "red" => 1:7: `group` has no field `colour`
            subject.manager.szie => 1:17: `group` has no field `szie`; did you mean `size`?
            rows.exists(r, r.liev) => 1:18: `group` has no field `liev`; did you mean `live`?
            time.nwo => 1:1: there is no variable `time`; did you mean `time.now`?
            nothing => 1:1: there is no variable `nothing`
            group.tier == 1 => 1:12: `==` is not defined for string and int
            group.tier != null => 1:12: `!=` is not defined for string and null
            count == 1u => 1:7: `==` is not defined for int and uint
            count + 1.0 => 1:7: `+` is not defined for int and double
            group.tier < 1 => 1:12: `<` is not defined for string and int
            group.tier in [1, 2] => 1:12: `in` is not defined for string and list(int)
            1 in scores => 1:3: `in` is not defined for int and map(string, int)
            1 in "abc" => 1:3: `in` is not defined for int and string
            count && true => 1:1: `&&` takes a bool, not a int
            true || group.size => 1:15: `||` takes a bool, not a int
            !count => 1:2: `!` takes a bool, not a int
            -group.tier => 1:1: `-` is not defined for string
            count ? 1 : 2 => 1:1: `?` takes a bool, not a int
            true ? 1 : "a" => 1:6: the branches of `?:` are int and string; they must agree
            group.tier.size => 1:12: cannot select `size` of a string: it has no fields
            has(group.teir) => 1:1: `group` has no field `teir`; did you mean `tier`?
            has(count.a) => 1:1: cannot ask for `a` of a int: it has no fields
            names["a"] => 1:7: a list is indexed by int, not by string
            scores[1] => 1:8: this map is indexed by string, not by int
            {1: 2}.a => 1:8: the keys of this map are int; it has no field `a`
            count[0] => 1:6: a int cannot be indexed
            count.map(x, x) => 1:1: `map` walks through a list or a map, not a int
            names.all(n, n) => 1:14: the condition of `all` takes a bool, not a string
            names.all(n, n > 1) => 1:16: `>` is not defined for string and int
            names.all(n) => 1:7: the macro `all` is called in another way
            "a".startWith("b") => 1:5: there is no function `startWith`; did you mean `startsWith`?
            sise("b") => 1:1: there is no function `sise`; did you mean `size`?
            startsWith("a", "b") => 1:1: `startsWith` is called as `x.startsWith(…)`
            "a".int() => 1:5: `int` is called as `int(…)`
            "a".contains(1) => 1:5: `contains` takes no (string, int); it takes string.(string)
            int([1]) => 1:1: `int` takes no (list(int)); it takes (int), (uint), (double), (string), (timestamp), (duration)
            {1.0: 2} => 1:2: a key is a bool, int, uint or string, not a double
            {[1]: 2} => 1:2: a key is a bool, int, uint or string, not a list(int)
            Thing{a: 1} => 1:1: `Thing` cannot be constructed
            "a".matches("(") => 1:13: invalid pattern: missing `)` for the group at character 1 of the pattern
            time.now.getHours("Nowhere") => 1:19: unknown time zone `Nowhere`: give `UTC`, an offset such as `+05:30` or a name such as `Europe/Paris`
            duration("1 day") < duration("1h") => 1:10: `1 day` is not a duration: write numbers with the units h, m, s, ms, us or ns, such as `1h30m` or `-1.5s`
            1 + => 1:4: unexpected the end of the expression, expected a value
            1 = 2 => 1:3: `=` is no operator; equality is `==`
            a & b => 1:3: `&` is no operator; logical and is `&&`
            a | b => 1:3: `|` is no operator; logical or is `||`
            (1 => 1:3: unexpected the end of the expression, expected `)`
            1 2 => 1:3: unexpected a number, expected an operator or the end
            "a => 1:1: the string has no closing quote
            9223372036854775808 => 1:1: `9223372036854775808` is beyond the range of int
            for => 1:1: `for` is a reserved word
            é => 1:1: unexpected character `é`
            """#)

    @Test func everyProblemIsReportedWithItsLine() {
        let source = "group.teir == \"live\"\n  && \"é\" == coutn\r\n  || names[true]"
        do throws(CELProblems) {
            _ = try CELProgram.compile(source, in: Self.environment)
            Issue.record("it was taken")
        } catch {
            #expect(
                error.problems.map(\.description) == [
                    "1:7: `group` has no field `teir`; did you mean `tier`?",
                    "2:13: there is no variable `coutn`; did you mean `count`?",
                    "3:12: a list is indexed by int, not by bool",
                ])
        }
    }

    @Test func theTypeThatIsWantedIsRequired() throws {
        #expect(try CELProgram.compile("group.live", in: Self.environment, expecting: .bool).type == .bool)
        #expect(try CELProgram.compile("any", in: Self.environment, expecting: .bool).type == .dyn)
        #expect(try CELProgram.compile("[]", in: Self.environment, expecting: .list(.string)).type == .list(.string))
        do throws(CELProblems) {
            _ = try CELProgram.compile("group.tier", in: Self.environment, expecting: .bool)
            Issue.record("it was taken")
        } catch {
            #expect(error.description == "1:7: the expression gives a string; a bool is expected here")
        }
    }

    @Test func uncheckedEverythingIsFoundLater() throws {
        for one in ["grop.tier", "1 + \"a\"", "nosuch(1)", "\"a\".matches(\"(\")", "Thing{}"] {
            let program = try CELProgram.compile(one, in: Self.environment, checked: false)
            #expect(throws: CELError.self) { try program.evaluate(CELActivation(Self.environment)) }
        }
    }
}
