import CEL
import StrictJSON
import Testing

@Suite struct ExchangeTests {
    @Test(arguments: [
        Case("null", "null"), Case("true", "true"), Case("1", "1"), Case("-1", "-1"), Case("1.0", "1.0"),
        Case("1e2", "100.0"), Case("9223372036854775807", "9223372036854775807"),
        Case("9223372036854775808", "9.223372036854776e+18"), Case(#""a""#, #""a""#), Case("[1, [2]]", "[1, [2]]"),
        Case(#"{"a": 1, "b": {}}"#, #"{"a": 1, "b": {}}"#), Case(#"{"$int": "5"}"#, "5"), Case(#"{"$int": 5}"#, "5"),
        Case(#"{"$int": "-9223372036854775808"}"#, "-9223372036854775808"), Case(#"{"$uint": "7"}"#, "7u"),
        Case(#"{"$uint": "18446744073709551615"}"#, "18446744073709551615u"), Case(#"{"$double": "NaN"}"#, "nan"),
        Case(#"{"$double": "-Infinity"}"#, "-inf"), Case(#"{"$double": 1}"#, "1.0"), Case(#"{"$double": 1.5}"#, "1.5"),
        Case(#"{"$bytes": "AP8="}"#, #"b"00ff""#), Case(#"{"$bytes": ""}"#, #"b"""#),
        Case(#"{"$timestamp": "2024-01-01T00:00:00Z"}"#, "timestamp(2024-01-01T00:00:00Z)"),
        Case(#"{"$duration": "3.5s"}"#, "duration(3.5s)"), Case(#"{"$type": "int"}"#, "type(int)"),
        Case(#"{"$map": [[1, "a"], [true, "b"], [{"$uint": "3"}, "c"]]}"#, #"{1: "a", true: "b", 3u: "c"}"#),
        Case(#"{"$map": []}"#, "{}"), Case(#"{"$int": "x"}"#, "!invalid_argument"),
        Case(#"{"$int": 1.5}"#, "!invalid_argument"), Case(#"{"$nothing": 1}"#, "!invalid_argument"),
        Case(#"{"$bytes": "A"}"#, "!invalid_argument"), Case(#"{"$bytes": "AB=="}"#, "!invalid_argument"),
        Case(#"{"$map": [[1]]}"#, "!invalid_argument"), Case(#"{"$map": {}}"#, "!invalid_argument"),
        Case(#"{"$map": [[1, 2], [1, 3]]}"#, "!duplicate_key"), Case(#"{"$a": 1, "b": 2}"#, #"{"$a": 1, "b": 2}"#),
    ]) func valuesAreReadFromJSON(_ one: Case) throws {
        let json = try JSONParser.parse(one.expression)
        do throws(CELError) {
            #expect(Case.notation(try CELValue(json)) == one.expected)
        } catch {
            #expect("!\(error.code.rawValue)" == one.expected)
        }
    }

    @Test(arguments: [
        Case("null", "null"), Case("1", "1"), Case("1.5", "1.5"), Case("9223372036854775807u", "9223372036854775807"),
        Case("18446744073709551615u", #""18446744073709551615""#), Case("0.0 / 0.0", #""NaN""#),
        Case("1.0 / 0.0", #""Infinity""#), Case("-1.0 / 0.0", #""-Infinity""#), Case(#"b"\x00\xff""#, #""AP8=""#),
        Case(#"timestamp("2024-01-01T00:00:00.5Z")"#, #""2024-01-01T00:00:00.5Z""#),
        Case(#"duration("90m")"#, #""5400s""#), Case("int", #""int""#), Case("{1: 2, true: 3}", #"{"1":2,"true":3}"#),
        Case(#"[1, "a", {"b": [null]}]"#, #"[1,"a",{"b":[null]}]"#),
    ]) func valuesAreWrittenAsJSON(_ one: Case) throws {
        let environment = CELEnvironment([])
        let program = try CELProgram.compile(one.expression, in: environment, checked: false)
        let json = try program.evaluate(CELActivation(environment)).json()
        #expect(try json == JSONParser.parse(one.expected))
    }

    @Test func keysThatBecomeOneAreAnError() throws {
        let map = try CELMap([.init(key: .int(1), value: .null), .init(key: .string("1"), value: .null)])
        #expect(throws: CELError.self) { try CELValue.map(map).json() }
    }

    @Test func aRecordIsWrittenWithTheFieldsThatAreSet() throws {
        let type = CELRecordType(name: "r", fields: [.init("a", .int), .init("b", .int)])
        #expect(try CELValue.record(CELRecord(type, [nil, .int(2)])).json() == ["b": 2])
    }

    /// Each level holds the one below twice: small in memory, beyond all bounds when written.
    @Test func sharedPartsAreCountedEachTime() throws {
        var value = CELValue.list([])
        for _ in 0..<60 { value = .list([value, value]) }
        #expect(throws: CELError.self) { try value.json() }
    }
}
