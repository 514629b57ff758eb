import AccessModel
import CEL
import Definitions
import Planning

/// Makes a question of what a case gives: the rest has its default, the platform is the organisation's.
struct CaseQuestion {
    private let world: PolicyWorld
    private(set) var problems: [Diagnostic] = []

    init(_ world: PolicyWorld) { self.world = world }

    mutating func question(_ policyCase: PolicyCase) -> PolicyQuestion {
        var values: [PolicyAttributes.Root: CELValue] = [:]
        let names = PolicyAttributes.Root.allCases.map(\.name)
        for attribute in policyCase.given {
            guard let root = PolicyAttributes.Root.allCases.first(where: { $0.name == attribute.name }) else {
                problem(
                    attribute.place,
                    "there is no attribute `\(attribute.name)`\(NearestName.suggestion(for: attribute.name, among: names))"
                )
                continue
            }
            values[root] = value(root, attribute.value)
        }
        if values[.requester] == nil { values[.requester] = values[.subject] }
        values[.platform] = platform(values)
        return PolicyQuestion(policyCase.kind, values)
    }

    private mutating func problem(_ place: SourceLocation, _ message: String) {
        problems.append(Diagnostic(severity: .warning, code: "bad-case", place: place, message: message))
    }

    private mutating func value(_ root: PolicyAttributes.Root, _ value: PolicyCase.Value) -> CELValue? {
        guard let type = root.record else { return plain(value, root.type, root.name) }
        switch value.content {
        case .text(let name):
            if root == .group { return group(name, value.place) }
            if root == .target { return target(name, value.place) }
            problem(value.place, "`\(root.name)` is given as a mapping of its attributes")
            return nil
        case .list:
            problem(value.place, "`\(root.name)` is given as a mapping of its attributes")
            return nil
        case .fields(let fields):
            var known: [String: CELValue] = [:]
            for field in fields {
                guard let number = type.number(of: field.name) else {
                    let hint = NearestName.suggestion(for: field.name, among: type.fields.map(\.name))
                    problem(field.place, "`\(root.name)` has no attribute `\(field.name)`\(hint)")
                    continue
                }
                known[field.name] = plain(field.value, type.fields[number].type, "\(root.name).\(field.name)")
            }
            return .record(PolicyAttributes.record(type, known))
        }
    }

    private mutating func group(_ name: String, _ place: SourceLocation) -> CELValue? {
        let known = world.organization.groups
        if let group = Group(name), known.contains(group) { return .record(world.groupRecord(group)) }
        if let group = known.first(where: { world.organization.slug(of: $0) == name }) {
            return .record(world.groupRecord(group))
        }
        problem(place, "there is no group `\(name)`; give its path, its slug, or a mapping of its attributes")
        return nil
    }

    private mutating func target(_ name: String, _ place: SourceLocation) -> CELValue? {
        guard let target = world.organization.targets.first(where: { $0.name.text == name }) else {
            problem(place, "there is no target `\(name)`; give a mapping of its attributes")
            return nil
        }
        return .record(PolicyAttributes.record(of: target))
    }

    private mutating func plain(_ value: PolicyCase.Value, _ type: CELType, _ path: String) -> CELValue? {
        if case .list(let element) = type {
            let items = if case .list(let items) = value.content { items } else { [value] }
            return .list(items.compactMap { plain($0, element, path) })
        }
        guard case .text(let text) = value.content else {
            problem(value.place, "`\(path)` is \(Self.wanted(type))")
            return nil
        }
        if let found = Self.read(text, type) { return found }
        problem(value.place, "`\(path)` is \(Self.wanted(type)), not `\(text)`")
        return nil
    }

    private static func read(_ text: String, _ type: CELType) -> CELValue? {
        switch type {
        case .string: .string(text)
        case .bool: text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
        case .int: Int64(text).map { .int($0) }
        case .timestamp: Instant(text).map { .timestamp(CELTimestamp(clamping: $0)) }
        case .duration: Span(text).map { .duration(CELDuration(clamping: $0)) }
        default: nil
        }
    }

    private static func wanted(_ type: CELType) -> String {
        switch type {
        case .string: "a text"
        case .bool: "`true` or `false`"
        case .int: "a whole number"
        case .timestamp: "a time such as `2026-11-21T21:00:00Z`"
        case .duration: "a length of time such as `2h`"
        default: "\(type)"
        }
    }

    /// The organisation's own, with what was given; which rules of separation would be broken follows from the groups.
    private func platform(_ values: [PolicyAttributes.Root: CELValue]) -> CELValue {
        let given: CELRecord? = if case .record(let record)? = values[.platform] { record } else { nil }
        var known: [String: CELValue] = [:]
        let standard = PolicyAttributes.record(PolicyAttributes.platform, [:])
        for (number, field) in PolicyAttributes.platform.fields.enumerated() {
            guard let value = given?.values[number], value != standard.values[number] else { continue }
            known[field.name] = value
        }
        if known["max_window"] == nil {
            known["max_window"] = .duration(CELDuration(clamping: world.organization.platform.maximumWindow))
        }
        if known["conflicts"] == nil, let slug = Self.text(values[.group], "slug") {
            var held: [String] = []
            if case .record(let subject)? = values[.subject], case .list(let groups)? = subject["groups"] {
                held = groups.compactMap { if case .string(let text) = $0 { text.text } else { nil } }
            }
            known["conflicts"] = .list(world.conflicts(of: slug, held: held).map { .string($0) })
        }
        return .record(PolicyAttributes.record(PolicyAttributes.platform, known))
    }

    private static func text(_ value: CELValue?, _ field: String) -> String? {
        guard case .record(let record)? = value, case .string(let text)? = record[field] else { return nil }
        return text.text
    }
}
