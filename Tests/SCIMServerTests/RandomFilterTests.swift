import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

/// Two ways to one answer: what a filter's SQL finds among the values of an attribute, and what is found by looking at each.
@Suite("Random filters") struct RandomFilterTests {
    private static let words = ["", "a", "A", "ab", "B", "ba", "É", "é", "%", "_", "'", "\\", "\"", "true", "e\u{301}"]

    private static func value(_ generator: inout SeededGenerator) -> JSONValue {
        var object = JSONObject()
        for name in ["value", "type", "display"] where generator.chance(70) {
            object[name] = .string(generator.pick(words))
        }
        if generator.chance(40) { object["primary"] = .bool(generator.chance(50)) }
        return .object(object)
    }

    private static func filter(_ generator: inout SeededGenerator, _ depth: Int) -> Filter {
        if depth > 0, generator.chance(60) {
            let (left, right) = (filter(&generator, depth - 1), filter(&generator, depth - 1))
            return generator.chance(30) ? .not(left) : generator.chance(50) ? .and(left, right) : .or(left, right)
        }
        if generator.chance(20) { return .present(generator.pick(["value", "type", "display", "primary"])) }
        if generator.chance(20) {
            let literal: Filter.Literal = generator.chance(20) ? .null : .bool(generator.chance(50))
            return .compare("primary", generator.chance(50) ? .equal : .notEqual, literal)
        }
        let path = generator.pick(["value", "type", "display"])
        if generator.chance(10) { return .compare(path, generator.chance(50) ? .equal : .notEqual, .null) }
        return .compare(path, generator.pick(Filter.Operator.allCases), .string(generator.pick(words)))
    }

    @Test("SQL and a look at each value agree", arguments: SCIMDatabase.allCases)
    func agree(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            var generator = SeededGenerator(seed: 20)
            let definition = try #require(SchemaDefinition.user.attribute("roles"))
            var people: [String: [JSONValue]] = [:]
            for number in 0..<60 {
                // One primary value at most, and each value once, as a client may have them.
                let given = (0..<generator.below(4)).map { _ in Self.value(&generator) }
                let kept = given.filter { $0["primary"] != .bool(true) && $0 != .object(JSONObject()) }
                _ = await world.add("p-\(number)", ["roles": .array(kept)])
                people["p-\(number)"] = kept
            }
            for _ in 0..<400 {
                let filter = Self.filter(&generator, 4)
                let evaluation = FilterEvaluation(definition: definition)
                var expected: Set<String> = []
                for (name, values) in people where try values.contains(where: { try evaluation.fits($0, filter) }) {
                    expected.insert(name)
                }
                let answer = await world.get("/Users", ["filter": "roles[\(filter)]"])
                #expect(answer.status == 200, "\(filter) \(answer.json)")
                #expect(Set(answer.userNames) == expected, "roles[\(filter)]")
                let opposite = await world.get("/Users", ["filter": "not (roles[\(filter)])"])
                #expect(Set(opposite.userNames) == Set(people.keys).subtracting(expected), "not roles[\(filter)]")
            }
        }
    }
}
