import AccessModel
import Definitions
import Foundation
import Policies
import StrictJSON
import TestSupport

extension Workload {
    static let policyDecision = Workload(
        "policy-decision", area: "Policies",
        title: "A decision with its reason by 600 policies, beside Rego (regorus) and Cedar (cedarpy)"
    ) { bench in
        for size in bench.sizes([10_000, 1_000_000]) {
            let cases = PolicyCases(identities: size, policies: 600)
            let questions = try cases.questions.map { try PolicyQuestion(json: $0) }
            let set = try cases.compile()
            let samples = PolicyCases.seconds(set, questions)
            let answers = questions.prefix(PolicyCases.compared).map { PolicyCases.reasons(set.decide($0)) }
            let references = PolicyPeer.allCases.map { $0.reference(bench, cases, answers) }
            bench.record(
                "decision and its reason, p50", size: size, unit: "µs", samples.median * 1e6,
                samples: [0.01, 0.25, 0.5, 0.75, 0.99].map { samples.quantile($0) * 1e6 },
                goal: .atMost(size > 10_000 ? 2 : 0.5), references: references)
            if let best = references.compactMap(\.value).min() {
                bench.record(
                    "times the best peer", size: size, unit: "", best / (samples.median * 1e6), goal: .atLeast(5))
            }
        }
        try measureIdlePolicies(bench)
    }

    /// The same questions with ten times the policies, of which those added are about others.
    private static func measureIdlePolicies(_ bench: Bench) throws {
        let small = PolicyCases(identities: 10_000, policies: 600)
        let large = PolicyCases(identities: 10_000, policies: 600, idle: 5_400)
        let questions = try small.questions.map { try PolicyQuestion(json: $0) }
        let few = PolicyCases.seconds(try small.compile(), questions)
        let many = PolicyCases.seconds(try large.compile(), questions)
        bench.record(
            "6,000 policies of which 5,400 do not apply, over 600", size: 6_000, unit: "", many.median / few.median,
            goal: .atMost(1.2))
    }
}

/// Policies about tenants, and requests of many people: the same for every engine.
struct PolicyCases: Sendable {
    /// So many answers are compared one by one.
    static let compared = 2_000
    private static let asked = 200_000
    private static let departments = (0..<40).map { "department-\($0)" }
    private static let types = ["employee", "employee", "employee", "contractor", "external"]

    struct Rule: Sendable {
        let name: String
        let tenant: String
        let isLive: Bool
        let departments: [String]
        /// Nil: whoever it is.
        let type: String?
    }

    let rules: [Rule]
    /// Inputs, as a record keeps them.
    let questions: [JSONValue]

    init(identities: Int, policies: Int, idle: Int = 0) {
        var random = SeededGenerator(seed: 600)
        let tenants = policies / 3
        var rules = (0..<policies).map { number in
            let first = random.below(Self.departments.count - 4)
            return Rule(
                name: "p-\(number)", tenant: "tenant-\(number % tenants)", isLive: number % 2 == 0,
                departments: Array(Self.departments[first...(first + 3)]),
                type: number % 3 == 0 ? random.pick(Self.types) : nil)
        }
        rules += (0..<idle).map { number in
            Rule(
                name: "idle-\(number)", tenant: "other-\(number % 1_800)", isLive: true,
                departments: [Self.departments[number % 40]], type: nil)
        }
        self.rules = rules
        questions = (0..<Self.asked).map { _ in
            let identity = random.below(identities)
            let live = random.chance(60)
            return [
                "on": "request",
                "subject": [
                    "id": .string("e-\(identity)"), "kind": "person", "email": .string("p\(identity)@example.com"),
                    "department": .string(Self.departments[identity % 40]),
                    "type": .string(Self.types[identity % 5]), "status": "active",
                ],
                "group": [
                    "tenant": .string("tenant-\(random.below(tenants))"), "tier": live ? "live" : "sandbox",
                    "role": "contributor", "live": .bool(live),
                ],
                "request": ["reason": "INC-1", "duration": "3600s"], "platform": ["max_window": "43200s"],
            ]
        }
    }

    func compile() throws -> PolicySet {
        var organization = OrganizationBuilder().organization
        let text = "policies:\n" + rules.map(\.yaml).joined()
        organization.policies =
            DefinitionReader.readPolicies(
                DefinitionFile(path: "policies/bench.yaml", text: text)
            ).policies
        let compiled = PolicySet.compile(organization)
        guard let set = compiled.set, organization.policies.count == rules.count else {
            throw EnterpriseError(description: compiled.diagnostics.first?.text ?? "the policies were not read")
        }
        return set
    }

    /// Of one decision, each the mean of sixteen: a clock takes as long as a decision.
    static func seconds(_ set: PolicySet, _ questions: [PolicyQuestion]) -> Samples {
        let clock = ContinuousClock()
        var denied = 0
        var samples: [Double] = []
        for round in 0..<3 {
            for start in stride(from: 0, to: questions.count - 15, by: 16) {
                let taken = clock.measure {
                    for number in start..<(start + 16) {
                        if reasons(set.decide(questions[number])).first != nil { denied += 1 }
                    }
                }
                if round > 0 { samples.append(taken / .seconds(1) / 16) }
            }
        }
        return denied > 0 ? Samples(samples) : Samples([])
    }

    /// The policies that deny.
    @inline(__always)
    static func reasons(_ decision: Decision) -> [Slug] {
        decision.verdict == .denied ? decision.denials.map(\.policy) : []
    }
}

extension PolicyCases.Rule {
    private func quoted(_ texts: [String]) -> String { texts.map { "\"\($0)\"" }.joined(separator: ", ") }

    var yaml: String {
        let type = type.map { " && subject.type == \"\($0)\"" } ?? ""
        return "  - name: \(name)\n    on: [request]\n    when: 'group.tenant == \"\(tenant)\" && group.tier == "
            + "\"\(isLive ? "live" : "sandbox")\" && subject.department in [\(quoted(departments))]\(type)'\n    deny: no\n"
    }

    var rego: String {
        let type = type.map { "; input.subject.type == \"\($0)\"" } ?? ""
        return "deny contains \"\(name)\" if { input.group.tenant == \"\(tenant)\"; input.group.tier == "
            + "\"\(isLive ? "live" : "sandbox")\"; input.subject.department in {\(quoted(departments))}\(type) }\n"
    }

    var cedar: String {
        let type = type.map { " && principal.type == \"\($0)\"" } ?? ""
        return "@id(\"\(name)\") forbid(principal, action, resource) when { resource.tenant == \"\(tenant)\" && "
            + "resource.tier == \"\(isLive ? "live" : "sandbox")\" && [\(quoted(departments))].contains("
            + "principal.department)\(type) };\n"
    }
}
