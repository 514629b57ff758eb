import AccessModel
import CEL
import Definitions

// What is well formed and can still never be.
extension PolicyCompiler {
    /// Attributes that none of the policy's questions has, and texts that none of its attributes can be.
    mutating func check(_ program: CELProgram, _ text: PolicyText, _ definition: PolicyDefinition) {
        for reference in program.references {
            guard let first = reference.path.first,
                let root = PolicyAttributes.Root.allCases.first(where: { $0.name == first })
            else { continue }
            let blind = definition.kinds.filter { !root.kinds.contains($0) }
            guard !blind.isEmpty else { continue }
            let place = text.place(line: reference.position.line, column: reference.position.column)
            let known = root.kinds.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            if blind.count == definition.kinds.count {
                report(
                    .error, "attribute-unseen", place,
                    "`\(reference.name)` means nothing to what this policy is asked about; it is known on \(known)")
            } else {
                report(
                    .note, "attribute-unseen", place,
                    "`\(reference.name)` has its default on \(blind.map { "`\($0.rawValue)`" }.joined(separator: ", "))"
                        + "; it is known on \(known)")
            }
        }
        for conjunct in program.expression.conjuncts { checkConstants(conjunct, text) }
    }

    private mutating func checkConstants(_ conjunct: CELExpression, _ text: PolicyText) {
        for constraint in conjunct.constraints {
            let name = constraint.path.joined(separator: ".")
            guard let words = Self.words[name] else { continue }
            let texts = constraint.values.compactMap { if case .string(let text) = $0 { text.text } else { nil } }
            guard !texts.isEmpty, texts.allSatisfy({ !words.contains($0) }), let first = texts.first else { continue }
            let hint = NearestName.suggestion(for: first, among: words)
            let known = words.map { "`\($0)`" }.joined(separator: ", ")
            report(
                .error, "never-true", text.place(line: conjunct.position.line, column: conjunct.position.column),
                "`\(name)` is never `\(first)`\(hint.isEmpty ? "; it is one of \(known)" : hint)")
        }
    }

    /// Attributes that are one of a few words.
    static let words: [String: [String]] = [
        "subject.kind": ["person", "workload", "foreign", ""],
        "subject.type": Person.Kind.allCases.map(\.rawValue) + ["workload", ""],
        "subject.status": SubjectStatus.allCases.map(\.rawValue) + [""],
        "group.role": Role.allCases.map(\.rawValue) + [""],
        "change.operation": ["add", "remove", "update", ""],
        "change.lane": Change.Lane.allCases.map(\.rawValue) + [""],
        "change.kind": Fact.Kind.allCases.map(\.rawValue) + [""],
    ]

    /// Which effects an answer to each kind of question can have.
    static func effects(of kind: PolicyDefinition.Kind) -> Set<String> {
        switch kind {
        case .change: ["deny", "warn", "risk", "require_approval", "hold", "opa"]
        case .request: ["deny", "warn", "risk", "require_approval", "limit", "require_justification", "opa"]
        case .breakGlass: ["deny", "warn", "risk", "limit", "require_justification", "opa"]
        case .approval, .review: ["deny", "warn", "risk", "opa"]
        case .person: ["deny", "limit", "warn", "opa"]
        }
    }

    /// A limit on a person is counted in days from their first, and decides on what they may have: it cannot follow
    /// from what they have.
    mutating func checkStay(_ definition: PolicyDefinition, _ condition: CELProgram?) {
        let effects = definition.effects
        guard definition.kinds.contains(.person), let limit = effects.limit, let place = effects.limitPlace else {
            return
        }
        if definition.kinds != [.person] {
            report(
                .error, "limit-of-two-kinds", place,
                "`limit` on `person` is how long somebody is here, on anything else how long a window is; "
                    + "write two policies")
        }
        if limit.milliseconds % Span.days(1).milliseconds != 0 {
            report(
                .error, "bad-value", place, "`limit` on `person` is a number of whole days from their first, as `90d`")
        }
        for reference in condition?.references ?? [] where Array(reference.path.prefix(2)) == ["subject", "groups"] {
            guard let text = definition.condition else { continue }
            report(
                .error, "circular-limit",
                text.place(line: reference.position.line, column: reference.position.column),
                "what somebody holds follows from how long they are here; a `limit` on `person` cannot read "
                    + "`subject.groups`")
        }
    }

    mutating func checkEffects(_ definition: PolicyDefinition) {
        let possible = Set(definition.kinds.flatMap { Self.effects(of: $0) })
        for (name, place) in definition.effects.places where !possible.contains(name) {
            let kinds = PolicyDefinition.Kind.allCases.filter { Self.effects(of: $0).contains(name) }
            report(
                .error, "effect-unseen", place,
                "`\(name)` does nothing where this policy is asked; it belongs on "
                    + kinds.map { "`\($0.rawValue)`" }.joined(separator: ", "))
        }
    }
}

extension PolicyDefinition.Effects {
    /// Those that are given, as they are written, each with where.
    var places: [(String, SourceLocation)] {
        let given: [(String, SourceLocation?)] = [
            ("deny", deny?.place), ("require_approval", approval?.place), ("limit", limitPlace),
            ("require_justification", justification?.place), ("risk", risk?.place), ("warn", warn?.place),
            ("hold", hold?.place), ("opa", external?.place),
        ]
        return given.compactMap { name, place in place.map { (name, $0) } }
    }
}
