import StrictJSON

/// The operations of a PATCH, in their order, read and held to the schemas before any is done.
struct PatchRequest: Sendable {
    enum Verb: String, Sendable {
        case add, remove, replace
    }

    struct Operation: Sendable {
        let verb: Verb
        let path: PatchPath
        let value: JSONValue?
    }

    /// Operations that one request may have.
    static let maximumOperations = 1_000

    let operations: [Operation]

    private static let urn = "urn:ietf:params:scim:api:messages:2.0:patchop"

    init(_ body: JSONValue, _ kind: ResourceKind) throws(SCIMError) {
        guard case .object(let object) = body else { throw .syntax("expected an object, found \(body.kindName)") }
        let members = try Self.members(of: object, ["schemas", "operations"])
        let schemas = members["schemas"]?.array?.compactMap(\.string) ?? []
        guard schemas.contains(where: { $0.lowercased() == Self.urn }) else {
            throw .syntax("`schemas` has to be an array with `urn:ietf:params:scim:api:messages:2.0:PatchOp` in it")
        }
        guard let list = members["operations"]?.array, !list.isEmpty else {
            throw .syntax("`Operations` has to be an array of one operation or more")
        }
        guard list.count <= Self.maximumOperations else {
            throw .invalid("\(list.count) operations are too many; \(Self.maximumOperations) are taken")
        }
        var operations: [Operation] = []
        for element in list { operations += try Self.read(element, kind) }
        self.operations = operations
    }

    /// Members by their names in lower case; others than `names` are refused.
    private static func members(
        of object: JSONObject, _ names: Set<String>
    ) throws(SCIMError) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for member in object.members {
            let name = member.name.lowercased()
            guard names.contains(name) else {
                throw .syntax("\(TextRule.quoted(member.name)) has no meaning in a patch")
            }
            guard members.updateValue(member.value, forKey: name).isMissing else {
                throw .syntax("\(TextRule.quoted(member.name)) stands twice")
            }
        }
        return members
    }

    private static func read(_ element: JSONValue, _ kind: ResourceKind) throws(SCIMError) -> [Operation] {
        guard case .object(let object) = element else {
            throw .syntax("an operation has to be an object, not \(element.kindName)")
        }
        let members = try members(of: object, ["op", "path", "value", "name"])
        // Entra writes `Add`.
        guard let word = members["op"]?.string, let verb = Verb(rawValue: word.lowercased()) else {
            throw .syntax("`op` has to be `add`, `remove` or `replace`")
        }
        let value = members["value"]
        switch members["path"] {
        case .string(let text)?:
            let path = try PatchPath(text, in: kind)
            if let fixed = path.readOnly { throw .mutability("`\(fixed.name)` cannot be changed") }
            guard verb == .remove || !value.isMissing else {
                throw .invalid("`\(word)` at `\(path.name)` needs a `value`")
            }
            return path.isSchemas ? [] : [Operation(verb: verb, path: path, value: value)]
        case nil, .null?: return try readWhole(verb, value, kind)
        case let other?: throw .path("`path` has to be a string, not \(other.kindName)")
        }
    }

    /// An operation without a path: each member of its value is one, at the path that its name says.
    private static func readWhole(
        _ verb: Verb, _ value: JSONValue?, _ kind: ResourceKind
    ) throws(SCIMError) -> [Operation] {
        guard verb != .remove else { throw .noTarget("`remove` needs a `path`") }
        guard case .object(let object)? = value else {
            throw .invalid("`\(verb.rawValue)` without a `path` needs an object as its `value`")
        }
        var operations: [Operation] = []
        var given: Set<String> = []
        for member in object.members {
            let path = try PatchPath(member.name, in: kind)
            // One attribute under two names would be what the last one says.
            let key = path.filter == nil ? "\(path.ofExtension?.urn ?? "") \(path.name)" : member.name.lowercased()
            guard given.insert(key).inserted else { throw .syntax("\(TextRule.quoted(member.name)) stands twice") }
            // Okta repeats the id of what it changes.
            if path.isSchemas || path.readOnly != nil { continue }
            operations.append(Operation(verb: verb, path: path, value: member.value))
        }
        return operations
    }
}
