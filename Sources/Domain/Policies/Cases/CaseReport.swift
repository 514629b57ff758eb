import AccessModel
import Definitions
import StrictJSON

/// What came of the cases of an organisation's policies.
public struct CaseReport: Sendable {
    public struct Result: Sendable {
        public let policyCase: PolicyCase
        /// What is not as expected, or cannot be asked; empty when the case holds.
        public let failures: [String]
        public let decision: Decision

        public var holds: Bool { failures.isEmpty }
    }

    /// How often a policy of the organisation's spoke.
    public struct Coverage: Hashable, Sendable {
        public let policy: Slug
        public let place: SourceLocation
        /// The cases in which its condition held.
        public let spoke: Int
    }

    /// In the order of the files.
    public let results: [Result]
    public let coverage: [Coverage]

    public var failed: [Result] { results.filter { !$0.holds } }
    /// Policies that no case exercised.
    public var unexercised: [Coverage] { coverage.filter { $0.spoke == 0 } }
}

extension PolicySet {
    /// Decides every case of the organisation, and says which of its policies none of them exercised.
    public func test(_ organization: Organization) -> CaseReport {
        let world = PolicyWorld(organization, now: Instant(milliseconds: 0))
        var spoke: [Slug: Int] = [:]
        let known = Set(names)
        let results = organization.policyCases.map { policyCase -> CaseReport.Result in
            var reader = CaseQuestion(world)
            let question = reader.question(policyCase)
            let decision = decide(question)
            for policy in speaking(question) { spoke[policy, default: 0] += 1 }
            let problems = reader.problems.map { "\($0.place): \($0.message)" }
            let failures = problems + policyCase.expected.failures(decision, known: known)
            return CaseReport.Result(policyCase: policyCase, failures: failures, decision: decision)
        }
        let coverage = organization.policies.map {
            CaseReport.Coverage(policy: $0.name, place: $0.place, spoke: spoke[$0.name] ?? 0)
        }
        return CaseReport(results: results, coverage: coverage)
    }

    /// The policies whose condition holds, whether they then say something or not.
    private func speaking(_ question: PolicyQuestion) -> [Slug] {
        var names: [Slug] = []
        index(of: question.kind).visit(question.activation) { policy in
            if case .success(true) = policy.holds(question.activation) { names.append(policy.definition.name) }
        }
        return names
    }

    /// What is wrong in an organisation's cases, before any of them is decided.
    static func problems(ofCasesIn organization: Organization, known: Set<Slug>) -> [Diagnostic] {
        let world = PolicyWorld(organization, now: Instant(milliseconds: 0))
        return organization.policyCases.flatMap { policyCase -> [Diagnostic] in
            var reader = CaseQuestion(world)
            _ = reader.question(policyCase)
            let named = policyCase.expected.named.filter { !known.contains($0) }
            return reader.problems
                + named.map { name in
                    let hint = NearestName.suggestion(for: name.text, among: known.map(\.text).sorted())
                    return Diagnostic(
                        severity: .warning, code: "bad-case", place: policyCase.place,
                        message: "there is no policy `\(name)`\(hint)")
                }
        }
    }
}

extension PolicyCase.Expectation {
    var named: [Slug] { (by ?? []) + (warns ?? []) + (observed ?? []) }

    /// What of a decision is not as expected.
    func failures(_ decision: Decision, known: Set<Slug>) -> [String] {
        var failures = named.filter { !known.contains($0) }.map { "there is no policy `\($0)`" }
        func compare<Value: Equatable>(_ name: String, _ wanted: Value?, _ found: Value, _ text: (Value) -> String) {
            guard let wanted, wanted != found else { return }
            failures.append("`\(name)` is \(text(found)), expected \(text(wanted))")
        }
        compare("verdict", verdict.rawValue, decision.verdict.rawValue) { $0 }
        compare("by", by?.sorted(), decision.decisive, Self.list)
        compare("approvals", approvals, decision.approvalCount) { String($0) }
        if let window, window != decision.window {
            failures.append("`window` is \(decision.window?.description ?? "not limited"), expected \(window)")
        }
        compare("risk", risk, decision.risk) { String($0) }
        compare("warns", warns?.sorted(), Self.names(decision.warnings), Self.list)
        compare("observed", observed?.sorted(), Self.names(decision.matches.filter { $0.mode == .observe }), Self.list)
        return failures
    }

    private static func names(_ matches: [Match]) -> [Slug] { Set(matches.map(\.policy)).sorted() }

    private static func list(_ names: [Slug]) -> String { "[\(names.map(\.text).joined(separator: ", "))]" }
}

extension CaseReport {
    /// `{"cases": [{"name", "file", "line", "column", "passed", "failures", "decision"}], "coverage": [...]}`.
    public var json: JSONValue {
        let cases = results.map { result -> JSONValue in
            let place = result.policyCase.place
            return [
                "name": .string(result.policyCase.name), "file": .string(place.file),
                "line": .integer(Int64(place.line)), "column": .integer(Int64(place.column)),
                "passed": .bool(result.holds), "failures": .array(result.failures.map(JSONValue.string)),
                "decision": result.decision.json,
            ]
        }
        let coverage = coverage.map { coverage -> JSONValue in
            [
                "policy": .string(coverage.policy.text), "file": .string(coverage.place.file),
                "line": .integer(Int64(coverage.place.line)), "column": .integer(Int64(coverage.place.column)),
                "spoke": .integer(Int64(coverage.spoke)),
            ]
        }
        return [
            "passed": .integer(Int64(results.count - failed.count)), "failed": .integer(Int64(failed.count)),
            "cases": .array(cases), "coverage": .array(coverage),
            "unexercised": .array(unexercised.map { .string($0.policy.text) }),
        ]
    }
}
