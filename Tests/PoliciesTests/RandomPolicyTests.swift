import AccessModel
import Definitions
import Foundation
import Policies
import StrictJSON
import TestSupport
import Testing

/// Many random policies, asked about many random changes and requests: decided as a direct reading of the rules does.
@Suite struct RandomPolicyTests {
    /// Of each round; with `TENURE_LONG_TESTS` a hundred thousand in all, which takes minutes without optimization.
    private static let questions = ProcessInfo.processInfo.environment["TENURE_LONG_TESTS"] == nil ? 250 : 5_000

    /// A million pairs of a question and a policy at least.
    @Test(arguments: 0..<20)
    func theSameAsADirectReading(round: Int) throws {
        var random = SeededGenerator(seed: 4_000 + UInt64(round))
        let policies = (0..<200).map { RandomPolicy.make($0, &random) }
        var organization = PolicyFiles.organization("policies:\n" + policies.map(\.text).joined())
        // By name, those that are built in stand aside: only the random ones are compared.
        let quiet = PolicySet.builtIn.names.map { "  - {name: \($0), on: person, when: \"false\", warn: w}\n" }.joined()
        organization.policies +=
            DefinitionReader.readPolicies(
                DefinitionFile(path: "policies/quiet.yaml", text: "policies:\n" + quiet)
            ).policies
        let compiled = PolicySet.compile(organization)
        let set = try #require(compiled.set, "\(compiled.diagnostics.first { $0.severity == .error }?.text ?? "")")
        var differences: [String] = []
        for _ in 0..<Self.questions {
            let json = Self.question(&random)
            let expected = SlowReading(json).outcome(policies)
            let found = Self.outcome(set.decide(try PolicyQuestion(json: json)))
            if found != expected { differences.append("\(json.compactText)\n  \(found)\n  \(expected)") }
        }
        #expect(differences.isEmpty, "\(differences.count), the first: \(differences.first ?? "")")
    }

    private static func outcome(_ decision: Decision) -> SlowReading.Outcome {
        SlowReading.Outcome(
            verdict: decision.verdict.rawValue,
            approvals: decision.approvals.map { requirement in
                switch requirement.from {
                case .approvers:
                    "approvers \(requirement.count) \(requirement.within.map { $0.milliseconds / 3_600_000 } ?? 0)h"
                case .secondPerson: "second-person \(requirement.count)"
                case .any: "others"
                }
            }.sorted(), window: decision.window.map { Int($0.milliseconds / 3_600_000) }, risk: decision.risk,
            said: decision.matches.map { "\($0.policy) \($0.effect.name) \($0.counts)" })
    }

    /// The inputs of a change, a request or a review; sometimes without what has its default.
    private static func question(_ random: inout SeededGenerator) -> JSONValue {
        let kind = random.pick(["change", "change", "request", "review"])
        var records: [String: JSONObject] = [:]
        func set(_ path: String, _ value: JSONValue) {
            let parts = path.split(separator: ".").map(String.init)
            records[parts[0], default: JSONObject()][parts[1]] = value
        }
        for (path, values) in RandomPolicy.texts where random.chance(90) { set(path, .string(random.pick(values))) }
        for (path, values) in RandomPolicy.lists {
            set(path, .array(values.filter { _ in random.chance(30) }.map(JSONValue.string)))
        }
        for path in RandomPolicy.truths where random.chance(50) { set(path, true) }
        for path in RandomPolicy.numbers where path.contains(".") { set(path, .integer(Int64(random.below(70)))) }
        if kind == "change" {
            set("change.operation", .string(random.pick(["add", "remove", "update"])))
            set("change.lane", .string(random.pick(["grant", "revoke"])))
        }
        if kind == "request" {
            set("request.reason", .string(random.pick(["INC-7", "because", "see INC-12", "INC-", ""])))
        }
        var question = JSONObject()
        question["on"] = .string(kind)
        for (name, fields) in records.sorted(by: { $0.key < $1.key }) { question[name] = .object(fields) }
        question["risk"] = .integer(Int64(random.below(60)))
        return .object(question)
    }
}
