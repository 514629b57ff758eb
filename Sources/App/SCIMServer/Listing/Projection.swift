import StrictJSON
import WebServer

/// Which attributes an answer shows (RFC 7644, section 3.9).
struct Projection: Sendable, Hashable {
    enum Choice: Hashable, Sendable {
        case usual
        case only([String])
        case without([String])
    }

    /// Names that one request may give.
    private static let maximumNames = 200

    let choice: Choice

    static let usual = Projection(choice: .usual)

    init(choice: Choice) { self.choice = choice }

    /// - Parameters:
    ///   - attributes: The names to show; nil where nothing is said of them.
    init(attributes: [String]?, excluded: [String]?) throws(SCIMError) {
        switch (attributes, excluded) {
        case (nil, nil): choice = .usual
        case (let names?, nil): choice = .only(try Self.checked(names, "attributes"))
        case (nil, let names?): choice = .without(try Self.checked(names, "excludedAttributes"))
        case (_?, _?): throw .invalid("either `attributes` or `excludedAttributes` is taken, not both")
        }
    }

    init(_ query: WebQuery) throws {
        func names(_ name: String) throws -> [String]? {
            try query.value(name)?.split(separator: ",").map { $0.filter { $0 != " " } }
        }
        try self.init(attributes: names("attributes"), excluded: names("excludedAttributes"))
    }

    private static func checked(_ names: [String], _ parameter: String) throws(SCIMError) -> [String] {
        guard names.count <= maximumNames else { throw .invalid("`\(parameter)` has more than \(maximumNames) names") }
        return names
    }

    // MARK: What is shown

    /// Whether an attribute, or a part of it, is shown: so that what is not need not be read.
    func shows(_ name: String, of kind: ResourceKind) -> Bool {
        let attribute = kind.core.attribute(name) ?? SchemaDefinition.common.attribute(name)
        return attribute.map { shows($0, of: nil, kind) } ?? false
    }

    /// Whether a part is asked for by name that is not shown otherwise.
    func asks(for sub: String, of name: String, _ kind: ResourceKind) -> Bool {
        guard case .only(let names) = choice else { return false }
        return names.contains { text in
            guard let path = AttributePath(text, in: kind), path.ofExtension == nil, path.attribute?.name == name
            else { return false }
            return path.sub.map { $0.name == sub } ?? false
        }
    }

    private func shows(_ attribute: AttributeDefinition, of schema: SchemaDefinition?, _ kind: ResourceKind) -> Bool {
        switch (attribute.returned, choice) {
        case (.never, _): false
        case (.always, _), (.default, .usual): true
        case (.request, .usual), (.request, .without): false
        case (_, .only(let names)): paths(names, kind).contains { covers($0, attribute, schema) }
        case (.default, .without(let names)):
            !paths(names, kind).contains { $0.sub == nil && covers($0, attribute, schema) }
        }
    }

    private func paths(_ names: [String], _ kind: ResourceKind) -> [AttributePath] {
        names.compactMap { AttributePath($0, in: kind) }
    }

    private func covers(_ path: AttributePath, _ attribute: AttributeDefinition, _ schema: SchemaDefinition?) -> Bool {
        guard path.ofExtension?.key == schema?.key else { return false }
        return path.attribute.map { $0.name == attribute.name } ?? true
    }

    /// A resource with what is to be shown of it and nothing else.
    func apply(_ resource: JSONObject, _ kind: ResourceKind) -> JSONObject {
        if case .usual = choice { return resource }
        let members = resource.members.compactMap { member -> JSONObject.Member? in
            if let schema = kind.extensions.first(where: { $0.urn == member.name }), let object = member.value.object {
                let kept = object.members.compactMap { inner in
                    schema.attribute(inner.name).flatMap { part(inner, $0, schema, kind) }
                }
                return kept.isEmpty
                    ? nil : JSONObject.Member(name: member.name, value: .object(JSONObject(kept)))
            }
            let attribute = kind.core.attribute(member.name) ?? SchemaDefinition.common.attribute(member.name)
            return attribute.flatMap { part(member, $0, nil, kind) }
        }
        return JSONObject(members)
    }

    /// An attribute with those of its parts that are shown.
    private func part(
        _ member: JSONObject.Member, _ attribute: AttributeDefinition, _ schema: SchemaDefinition?, _ kind: ResourceKind
    ) -> JSONObject.Member? {
        guard shows(attribute, of: schema, kind) else { return nil }
        let named: Set<String>
        switch choice {
        case .usual: return member
        case .only(let names), .without(let names):
            let paths = paths(names, kind).filter { covers($0, attribute, schema) }
            if case .only = choice, paths.contains(where: { $0.sub == nil }) { return member }
            named = Set(paths.compactMap { $0.sub?.name })
        }
        guard !named.isEmpty else { return member }
        let isOnly = if case .only = choice { true } else { false }
        guard let value = Self.reduced(member.value, { named.contains($0) == isOnly }) else { return nil }
        return JSONObject.Member(name: member.name, value: value)
    }

    private static func reduced(_ value: JSONValue, _ keeps: (String) -> Bool) -> JSONValue? {
        switch value {
        case .array(let elements):
            let kept = elements.compactMap { reduced($0, keeps) }
            return kept.isEmpty ? JSONValue?.none : .array(kept)
        case .object(let object):
            let members = object.members.filter { keeps($0.name) }
            return members.isEmpty ? JSONValue?.none : .object(JSONObject(members))
        default: return value
        }
    }
}
