import AccessModel
import Definitions
import TestSupport

/// A policy made at random, in two forms: as it is written in a file, and as the plain values that a direct reading of
/// the rules needs. The second form never meets the expression language.
struct RandomPolicy {
    /// One term of a condition.
    enum Term {
        case equals(String, String)
        case differs(String, String)
        case among(String, [String])
        case truth(String, Bool)
        case more(String, Int)
        /// Some text is in a list.
        case holds(String, String)
        /// Has no value for anybody: an index beyond the end of a list.
        case fails
        indirect case either(Term, Term)

        var text: String {
            switch self {
            case .equals(let path, let value): "\(path) == \"\(value)\""
            case .differs(let path, let value): "\(path) != \"\(value)\""
            case .among(let path, let values): "\(path) in [\(values.map { "\"\($0)\"" }.joined(separator: ", "))]"
            case .truth(let path, let value): value ? path : "!\(path)"
            case .more(let path, let value): "\(path) > \(value)"
            case .holds(let path, let value): "\"\(value)\" in \(path)"
            case .fails: "subject.groups[99] == \"x\""
            case .either(let left, let right): "(\(left.text) || \(right.text))"
            }
        }
    }

    enum Effect {
        case deny, warn, hold, justification
        case approval(count: Int, hours: Int)
        case limit(hours: Int)
        case risk(Int)

        var text: String {
            switch self {
            case .deny: "deny: no"
            case .warn: "warn: careful"
            case .hold: "hold: wait"
            case .justification: "require_justification: {pattern: \"INC-[0-9]+\", message: which}"
            case .approval(let count, let hours):
                "require_approval: {from: approvers, count: \(count), within: \(hours)h}"
            case .limit(let hours): "limit: \(hours)h"
            case .risk(let points): "risk: \(points)"
            }
        }
    }

    let name: String
    let kinds: [PolicyDefinition.Kind]
    let isObserved: Bool
    let terms: [Term]
    let effects: [Effect]

    var text: String {
        let condition = terms.isEmpty ? "" : "\n    when: '\(terms.map(\.text).joined(separator: " && "))'"
        return "  - name: \(name)\n    on: [\(kinds.map(\.rawValue).joined(separator: ", "))]\n    mode: "
            + (isObserved ? "observe" : "enforce") + condition + "\n"
            + effects.map { "    \($0.text)\n" }.joined()
    }
}

extension RandomPolicy {
    static let texts: [(path: String, values: [String])] = [
        ("group.tenant", ["payments", "shop", "logistics", "search"]), ("group.tier", ["live", "sandbox"]),
        ("group.role", ["reader", "contributor", "admin", "operator"]),
        ("subject.department", ["Engineering", "Finance", "Legal", "Sales", ""]),
        ("subject.type", ["employee", "contractor", "external"]), ("target.name", ["corp", "cloud", ""]),
    ]
    static let lists: [(path: String, values: [String])] = [
        ("subject.groups", ["a", "b", "c"]), ("group.compliance", ["pci-dss", "hipaa"]),
        ("cause.kinds", ["drift", "definition", "grant"]),
    ]
    static let truths = ["group.live", "group.core", "change.standing", "change.counted", "change.held"]
    static let numbers = ["plan.adds", "plan.score", "subject.days_known", "risk"]

    static func make(_ number: Int, _ random: inout SeededGenerator) -> RandomPolicy {
        let kinds: [PolicyDefinition.Kind] = random.pick([
            [.change], [.request], [.change, .request], [.change, .request, .review],
        ])
        var terms = (0..<(random.chance(5) ? 0 : 2 + random.below(4))).map { _ in term(&random) }
        // What no question of the policy has would be refused when it is read.
        let unseen = kinds.contains(.change) ? [] : ["target.", "change.", "plan.", "cause."]
        terms.removeAll { term in unseen.contains { term.text.contains($0) } }
        if random.chance(3) { terms.append(.fails) }
        var effects: [Effect] = []
        for effect in candidates(kinds, &random) where random.chance(30) { effects.append(effect) }
        if effects.isEmpty { effects = [random.chance(50) ? .deny : .warn] }
        return RandomPolicy(
            name: "p\(number)", kinds: kinds, isObserved: random.chance(20), terms: terms, effects: effects)
    }

    private static func term(_ random: inout SeededGenerator) -> Term {
        switch random.below(12) {
        case 0...3:
            let text = random.pick(texts)
            return .equals(text.path, random.pick(text.values))
        case 4:
            let text = random.pick(texts)
            return .differs(text.path, random.pick(text.values))
        case 5, 6:
            let text = random.pick(texts)
            return .among(text.path, Array(Set([random.pick(text.values), random.pick(text.values)])).sorted())
        case 7, 8: return .truth(random.pick(truths), random.chance(70))
        case 9: return .more(random.pick(numbers), random.below(60))
        case 10:
            let list = random.pick(lists)
            return .holds(list.path, random.pick(list.values))
        default: return .either(term(&random), term(&random))
        }
    }

    /// What the kinds can have, so that the file is taken.
    private static func candidates(
        _ kinds: [PolicyDefinition.Kind], _ random: inout SeededGenerator
    ) -> [Effect] {
        var effects: [Effect] = [.deny, .warn, .risk(random.below(80) - 20)]
        if kinds != [.review] { effects.append(.approval(count: 1 + random.below(3), hours: 1 + random.below(9))) }
        if kinds.contains(.request) { effects += [.limit(hours: 1 + random.below(12)), .justification] }
        if kinds.contains(.change) { effects.append(.hold) }
        return effects
    }
}
