import AccessModel
import CEL
import Definitions

/// Makes policies ready to be asked, and says what is wrong with them, each with its place in the file.
struct PolicyCompiler {
    private let organization: Organization?
    private(set) var diagnostics: [Diagnostic] = []
    private var groupsBySlug: [String: Group]?

    /// Without an organisation, groups are known by their notation alone.
    init(_ organization: Organization?) { self.organization = organization }

    /// Nil when anything in it is wrong.
    mutating func compile(_ definition: PolicyDefinition, number: Int, isBuiltIn: Bool) -> CompiledPolicy? {
        let before = diagnostics.count
        var parts = CompiledPolicy.Parts(definition)
        let effects = definition.effects
        parts.condition = definition.condition.flatMap { expression($0, expecting: .bool, definition) }
        parts.deny = effects.deny.flatMap { message($0) }
        parts.warn = effects.warn.flatMap { message($0) }
        parts.hold = effects.hold.flatMap { message($0) }
        parts.risk = effects.risk.flatMap { risk($0, definition) }
        parts.justification = effects.justification.flatMap { justification($0) }
        parts.approval = effects.approval.flatMap { approval($0, definition) }
        checkEffects(definition)
        checkStay(definition, parts.condition)
        let hasErrors = diagnostics[before...].contains { $0.severity == .error }
        return hasErrors ? nil : CompiledPolicy(parts, number: number, isBuiltIn: isBuiltIn)
    }

    mutating func report(
        _ severity: Diagnostic.Severity, _ code: String, _ place: SourceLocation, _ message: String
    ) {
        diagnostics.append(Diagnostic(severity: severity, code: code, place: place, message: message))
    }

    mutating func dropNotes(in file: String) {
        diagnostics.removeAll { $0.severity == .note && $0.place.file == file }
    }

    // MARK: Texts

    private mutating func expression(
        _ text: PolicyText, expecting type: CELType, _ definition: PolicyDefinition
    ) -> CELProgram? {
        do throws(CELProblems) {
            let program = try CELProgram.compile(text.text, in: PolicyAttributes.environment, expecting: type)
            check(program, text, definition)
            return program
        } catch {
            for problem in error.problems {
                report(
                    .error, "bad-expression", text.place(line: problem.position.line, column: problem.position.column),
                    problem.message)
            }
            return nil
        }
    }

    private mutating func message(_ text: PolicyText) -> MessageTemplate? {
        do throws(MessageTemplate.Problem) {
            return try MessageTemplate(text.text)
        } catch {
            var (line, column) = (1, 1)
            for scalar in text.text.unicodeScalars.prefix(error.offset) {
                (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
            }
            report(.error, "bad-message", text.place(line: line, column: column), error.message)
            return nil
        }
    }

    private mutating func risk(_ text: PolicyText, _ definition: PolicyDefinition) -> CompiledPolicy.Risk? {
        if let points = Int(text.text) {
            if (-1_000...1_000).contains(points) { return .points(points) }
            report(.error, "out-of-range", text.place, "`risk` must be from -1000 to 1000")
            return nil
        }
        return expression(text, expecting: .int, definition).map { .expression($0) }
    }

    private mutating func justification(
        _ justification: PolicyDefinition.Justification
    ) -> CompiledPolicy.Justification? {
        let message = message(justification.message)
        do throws(CELPatternError) {
            let pattern = try CELPattern(CELString(justification.pattern.text))
            return message.map { CompiledPolicy.Justification(pattern: pattern, message: $0) }
        } catch {
            let text = justification.pattern
            report(
                .error, "bad-pattern", text.place(line: 1, column: error.offset + 1),
                "not a regular expression (RE2): \(error.message)")
            return nil
        }
    }

    // MARK: Who approves

    private mutating func approval(
        _ approval: PolicyDefinition.Approval, _ definition: PolicyDefinition
    ) -> ApprovalRequirement? {
        var groups: [Group] = []
        var people: [EmailAddress] = []
        var namesApprovers = false
        for text in approval.from {
            if text.text == "approvers" {
                namesApprovers = true
            } else if text.text.utf8.contains(UInt8(ascii: "@")), let address = EmailAddress(text.text) {
                people.append(address)
            } else if let group = group(text) {
                groups.append(group)
            }
        }
        if namesApprovers, approval.from.count > 1 {
            report(
                .error, "bad-value", approval.place,
                "`approvers` stands alone; write a second policy for the other people")
            return nil
        }
        let source: ApprovalRequirement.Source =
            namesApprovers
            ? .approvers : .any(groups: groups.sorted(), people: people.sorted { $0.text < $1.text })
        return ApprovalRequirement(
            from: source, count: approval.count, within: approval.within, policies: [definition.name])
    }

    private mutating func group(_ text: PolicyText) -> Group? {
        guard let organization else { return Group(text.text) }
        if groupsBySlug == nil {
            groupsBySlug = Dictionary(
                organization.groups.map { (organization.slug(of: $0), $0) }, uniquingKeysWith: { first, _ in first })
        }
        let known = groupsBySlug ?? [:]
        if let group = known[text.text] { return group }
        if let group = Group(text.text), known[organization.slug(of: group)] != nil { return group }
        report(
            .error, "unknown-group", text.place,
            "there is no group `\(text.text)`\(NearestName.suggestion(for: text.text, among: known.keys.sorted())); write "
                + "`approvers`, a group's slug, its path `tenant/tier/role`, or a person's address")
        return nil
    }
}
