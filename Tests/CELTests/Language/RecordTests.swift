import CEL
import Testing

@Suite struct RecordTests {
    static let inner = CELRecordType(name: "team", fields: [.init("name", .string), .init("size", .int)])
    static let outer = CELRecordType(
        name: "person",
        fields: [
            .init("id", .string), .init("team", .record(inner)), .init("ok", .bool), .init("note", .string),
            .init("tags", .list(.string)),
        ])
    static let environment = CELEnvironment([.init("p", .record(outer)), .init("q", .dyn)])

    static func activation() -> CELActivation {
        let team = CELRecord(inner, [.string("blue"), .int(4)])
        let person = CELRecord(outer, [.string("ada"), .record(team), .bool(true), nil, .list(["x", "y"])])
        var activation = CELActivation(environment)
        activation[0] = .record(person)
        activation[1] = .record(
            CELRecord(outer, [.string("ada"), .record(team), .bool(true), nil, .list(["x", "y"])]))
        return activation
    }

    @Test(
        arguments: [Case](
            lines: #"""
                p.id == "ada" => true
                p.id != "ada" => false
                "ada" == p.id => true
                p.id in ["x", "ada"] => true
                p.id in [1, "ada"] => true
                p.team.name == "blue" && p.team.size == 4 => true
                p["id"] => !no_such_overload
                p.ok => true
                p.ok && p.id == "bob" => false
                "y" in p.tags => true
                "z" in p.tags => false
                "y" in q.tags => true
                1 in p.tags => false
                "a" in p.note => !no_such_key
                "a" in p.id => !no_such_overload
                p.note => !no_such_key
                p.note == "a" => !no_such_key
                p.note in ["a"] => !no_such_key
                p.note == "a" || p.ok => true
                has(p.note) => false
                has(p.id) => true
                has(p.team.size) => true
                has(p.nothing) => !no_such_field
                p.nothing => !no_such_field
                q.id == "ada" => true
                q.team.name => "blue"
                q.nothing => !no_such_field
                has(q.note) => false
                p == q => true
                p == p.team => false
                [p, q].map(r, r.id) => ["ada", "ada"]
                [p].exists(r, r.team.name == "blue") => true
                p.id == 1 => false
                p.team.size > 3 => true
                p.id > "a" => true
                type(p) == type(q) => true
                p.id ? 1 : 2 => !no_such_overload
                """#)) func fieldsAreFound(_ one: Case) throws
    {
        let program = try CELProgram.compile(one.expression, in: Self.environment, checked: false)
        do throws(CELError) {
            #expect(Case.notation(try program.evaluate(Self.activation())) == one.expected)
        } catch {
            #expect("!\(error.code.rawValue)" == one.expected)
        }
    }

    @Test func aConditionIsTrueOrFalseOrAnError() throws {
        #expect(
            try CELProgram.compile("p.ok && p.id == \"ada\"", in: Self.environment).isTrue(Self.activation()))
        #expect(throws: CELError.self) {
            try CELProgram.compile("p.id", in: Self.environment).isTrue(Self.activation())
        }
    }

    @Test func manyEvaluateOneProgramAtOnce() async throws {
        let program = try CELProgram.compile(
            "p.id == \"ada\" && [1, 2, 3].exists(x, [x].all(y, y == p.team.size - 1))", in: Self.environment)
        let activation = Self.activation()
        let held = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<2_000).count { _ in (try? program.isTrue(activation)) == true }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(held == 16_000)
    }

    /// The variable is declared with one type and holds a value of another.
    @Test func valuesOfUnexpectedTypesAreTakenAsTheyAre() throws {
        let program = try CELProgram.compile("p.id == \"ada\" && p.id in [\"ada\"] && p.ok", in: Self.environment)
        var activation = CELActivation(Self.environment)
        let entries = [CELMap.Entry(key: "id", value: "ada"), CELMap.Entry(key: "ok", value: .bool(true))]
        activation[0] = .map(try CELMap(entries))
        #expect(try program.isTrue(activation))
        let other = CELRecordType(name: "other", fields: [.init("ok", .bool), .init("id", .string)])
        activation[0] = .record(CELRecord(other, [.bool(true), .string("ada")]))
        #expect(try program.isTrue(activation))
        activation[0] = .int(1)
        #expect(throws: CELError.self) { try program.isTrue(activation) }
    }
}
