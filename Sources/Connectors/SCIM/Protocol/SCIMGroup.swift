import AccessModel
import StrictJSON

/// A group as the service shows it.
struct SCIMGroup: Hashable, Sendable {
    let id: String
    let displayName: String
    /// Ids of users.
    let members: [String]
    /// Ids of groups inside of it.
    let nested: [String]
    let version: String?
    /// Nil where the service does not tell.
    let created: Instant?

    static let attributes = ["id", "displayName", "members", "meta"]

    /// Nil when the resource lacks what every group must have.
    init?(_ value: JSONValue) {
        guard let id = value.attribute("id")?.string, !id.isEmpty,
            let displayName = value.attribute("displayName")?.string
        else { return nil }
        self.id = id
        self.displayName = displayName
        var members: [String] = []
        var nested: [String] = []
        for member in value.attribute("members")?.array ?? [] {
            guard let id = member.attribute("value")?.string else { return nil }
            if member.attribute("type")?.string?.lowercased() == "group" {
                nested.append(id)
            } else {
                members.append(id)
            }
        }
        self.members = members
        self.nested = nested
        let meta = value.attribute("meta")
        version = meta?.attribute("version")?.string
        created = meta?.attribute("created")?.string.flatMap { Instant($0) }
    }

    static func resource(named slug: String) -> JSONValue {
        [
            "schemas": [.string(SCIMSchema.group)], "displayName": .string(slug),
            "externalId": .string("tenure:" + slug),
        ]
    }
}
