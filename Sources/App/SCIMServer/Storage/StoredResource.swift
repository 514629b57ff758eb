import AccessModel
import Persistence
import StrictJSON

/// A resource as it is kept. Its members, and the groups that it is in, are kept beside it.
struct StoredResource: Sendable {
    let id: String
    let kind: ResourceKind
    /// Grows by one with every change.
    var version: Int64 = 1
    let created: Instant
    var modified: Instant
    var content: ResourceContent
    /// Whom a user stands for, where that is the employee number; nil where it is the resource's own id.
    var person: String?

    var eTag: String { "W/\"\(version)\"" }

    static let columns = "r.id, r.kind, r.version, r.created_at, r.modified_at, r.body, r.person, r.seq"

    init(
        id: String, kind: ResourceKind, created: Instant, content: ResourceContent, person: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.created = created
        modified = created
        self.content = content
        self.person = person
    }

    /// Reads a row of ``columns``.
    init(_ row: SQLRow) throws {
        guard let kind = ResourceKind(rawValue: try row.text(1)) else { throw Self.corrupt("its kind is not one") }
        let body: JSONValue
        do {
            body = try JSONParser.parse(try row.text(5))
        } catch let error as JSONError {
            throw Self.corrupt("\(error)")
        }
        guard var attributes = body.object else { throw Self.corrupt("its body is no object") }
        // Once a patch could store it; it is told from what is there.
        attributes["schemas"] = JSONValue?.none
        id = try row.text(0)
        self.kind = kind
        version = try row.integer(2)
        created = try row.instant(3)
        modified = try row.instant(4)
        content = ResourceContent(attributes: attributes)
        person = try row.optionalText(6)
    }

    private static func corrupt(_ message: String) -> PersistenceError {
        PersistenceError(code: .corrupt, operation: "read a SCIM resource", message: message)
    }
}

/// A member of a group.
struct GroupMember: Hashable, Sendable {
    let id: String
    /// Nil for an id that leads to nothing that the client made.
    let kind: ResourceKind?
    /// The name that it is shown with.
    var display: String?
}

/// A group that a resource is in.
struct GroupMembership: Hashable, Sendable {
    let group: String
    let display: String?
}
