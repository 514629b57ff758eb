import StrictJSON

/// A PATCH of RFC 7644, 3.5.2: only what changes, never a whole list.
struct SCIMPatch: Hashable, Sendable {
    private(set) var operations: [JSONValue] = []

    var isEmpty: Bool { operations.isEmpty }

    mutating func replace(_ path: String, with value: JSONValue) {
        operations.append(["op": "replace", "path": .string(path), "value": value])
    }

    mutating func add(_ path: String, _ value: JSONValue) {
        operations.append(["op": "add", "path": .string(path), "value": value])
    }

    mutating func remove(_ path: String) { operations.append(["op": "remove", "path": .string(path)]) }

    var body: JSONValue { ["schemas": [.string(SCIMSchema.patch)], "Operations": .array(operations)] }
}

/// The names that RFC 7643 and 7644 give.
enum SCIMSchema {
    static let user = "urn:ietf:params:scim:schemas:core:2.0:User"
    static let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    static let group = "urn:ietf:params:scim:schemas:core:2.0:Group"
    static let patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
}

extension JSONValue {
    /// A member by its name in any case, as attribute names are compared in SCIM (RFC 7643, 2.1).
    func attribute(_ name: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        if let exact = object[name] { return exact == .null ? nil : exact }
        let folded = name.lowercased()
        return object.members.first { $0.name.lowercased() == folded && $0.value != .null }?.value
    }
}
