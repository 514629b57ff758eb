import StrictJSON

/// Many operations in one request (RFC 7644, section 3.7). Each is done by itself: one that fails undoes no other.
struct BulkRequest: Sendable {
    static let maximumOperations = 1_000

    enum Method: String, Sendable {
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    struct Operation: Sendable {
        let method: Method
        let target: Target
        /// The client's name for what a POST makes.
        let bulkID: String?
        let version: String?
        let data: JSONValue

        var kind: ResourceKind { target.kind }
        var id: String? { target.id }

        /// Names of what other operations make that this one speaks of.
        var references: Set<String> {
            var found = BulkReferences.names(in: data)
            if let name = id.flatMap({ BulkReferences.name(in: $0) }) { found.insert(name) }
            return found
        }
    }

    /// The resource that a path names.
    struct Target: Sendable {
        let kind: ResourceKind
        /// Nil for a POST; may be `bulkId:NAME`.
        let id: String?
    }

    /// An operation, or why it is none.
    struct Entry: Sendable {
        let method: String
        let bulkID: String?
        /// Nil where the path names nothing.
        let target: Target?
        let operation: Result<Operation, SCIMError>
    }

    let entries: [Entry]
    /// How many may fail before the rest is left undone; nil for any number.
    let failOnErrors: Int?

    init(_ body: JSONValue) throws(SCIMError) {
        guard case .object(let object) = body else { throw .syntax("expected an object, found \(body.kindName)") }
        let schema = "urn:ietf:params:scim:api:messages:2.0:bulkrequest"
        guard object["schemas"]?.array?.contains(where: { $0.string?.lowercased() == schema }) == true else {
            throw .syntax("`schemas` has to be an array with `urn:ietf:params:scim:api:messages:2.0:BulkRequest` in it")
        }
        for name in object.names where !["schemas", "failOnErrors", "Operations"].contains(name) {
            throw .syntax("\(TextRule.quoted(name)) has no meaning in a bulk request")
        }
        switch object["failOnErrors"] {
        case nil, .null?: failOnErrors = nil
        case .integer(let value)? where value > 0: failOnErrors = Int(clamping: value)
        default: throw .invalid("`failOnErrors` is a whole number from 1")
        }
        guard let list = object["Operations"]?.array else { throw .syntax("`Operations` has to be an array") }
        guard list.count <= Self.maximumOperations else {
            throw SCIMError(
                .contentTooLarge, nil, "\(list.count) operations are too many; \(Self.maximumOperations) are taken")
        }
        entries = list.map(Self.entry)
        let names = entries.compactMap(\.bulkID)
        guard Set(names).count == names.count else { throw .invalid("a `bulkId` stands twice") }
    }

    private static func entry(_ value: JSONValue) -> Entry {
        let method = value["method"]?.string ?? ""
        let bulkID = value["bulkId"]?.string
        let target = target(value)
        do throws(SCIMError) {
            let operation = try operation(value, target)
            return Entry(method: method, bulkID: bulkID, target: target, operation: .success(operation))
        } catch {
            return Entry(method: method, bulkID: bulkID, target: target, operation: .failure(error))
        }
    }

    private static func method(_ value: JSONValue) -> Method? {
        value["method"]?.string.flatMap { Method(rawValue: $0.uppercased()) }
    }

    private static func target(_ value: JSONValue) -> Target? {
        guard let method = method(value), let path = value["path"]?.string, path.hasPrefix("/") else { return nil }
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let kind = parts.first.flatMap({ ResourceKind(endpoint: $0) }),
            parts.count == (method == .post ? 1 : 2), parts.last?.isEmpty == false
        else { return nil }
        return Target(kind: kind, id: method == .post ? nil : parts.last)
    }

    private static func operation(_ value: JSONValue, _ target: Target?) throws(SCIMError) -> Operation {
        guard case .object(let object) = value else { throw .syntax("an operation has to be an object") }
        for name in object.names where !["method", "bulkId", "version", "path", "data"].contains(name) {
            throw .syntax("\(TextRule.quoted(name)) has no meaning in an operation")
        }
        guard let method = method(value) else {
            throw .syntax("`method` has to be `POST`, `PUT`, `PATCH` or `DELETE`")
        }
        guard let path = object["path"]?.string, path.hasPrefix("/") else {
            throw .path("`path` has to be like `/Users` or `/Users/ID`")
        }
        guard let target else { throw .path("\(TextRule.quoted(path)) is no path for `\(method.rawValue)`") }
        let (bulkID, version) = (try text("bulkId", of: object), try text("version", of: object))
        if method == .post, bulkID?.isEmpty ?? true { throw .invalid("a POST needs a `bulkId`") }
        return Operation(
            method: method, target: target, bulkID: bulkID, version: version, data: object["data"] ?? .null)
    }

    /// A member that may be missing; one of another type is never read as none.
    private static func text(_ name: String, of object: JSONObject) throws(SCIMError) -> String? {
        switch object[name] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        case let other?: throw .invalid("`\(name)` has to be a string, not \(other.kindName)")
        }
    }
}

/// `bulkId:NAME`, which stands for the id of what another operation makes.
enum BulkReferences {
    private static let marker = "bulkId:"

    static func name(in text: String) -> String? {
        text.hasPrefix(marker) ? String(text.dropFirst(marker.count)) : nil
    }

    static func names(in value: JSONValue) -> Set<String> {
        switch value {
        case .string(let text): Set([name(in: text)].compactMap { $0 })
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(names(in: $1)) }
        case .object(let object): object.members.reduce(into: []) { $0.formUnion(names(in: $1.value)) }
        default: []
        }
    }

    /// The same with ids in their place.
    static func resolve(_ value: JSONValue, _ ids: [String: String]) -> JSONValue {
        switch value {
        case .string(let text): .string(resolve(text, ids))
        case .array(let elements): .array(elements.map { resolve($0, ids) })
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { JSONObject.Member(name: $0.name, value: resolve($0.value, ids)) }))
        default: value
        }
    }

    static func resolve(_ text: String, _ ids: [String: String]) -> String {
        name(in: text).flatMap { ids[$0] } ?? text
    }
}
