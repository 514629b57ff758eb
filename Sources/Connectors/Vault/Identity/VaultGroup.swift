import ConnectorKit
import StrictJSON

/// A group of the server's identity store.
struct VaultGroup: Hashable, Sendable {
    let id: String
    let name: String
    let isInternal: Bool
    let metadata: [String: String]
    let policies: [String]
    let members: [String]
    let nested: [String]

    init(_ json: JSONValue, _ operation: String) throws(ConnectorError) {
        guard let id = json["id"]?.string, let name = json["name"]?.string else {
            throw ConnectorError(code: .incomplete, operation: operation, message: "a group came without its id")
        }
        self.id = id
        self.name = name
        isInternal = json["type"]?.string == "internal"
        metadata = json["metadata"].texts
        policies = json["policies"]?.array?.compactMap(\.string) ?? []
        members = json["member_entity_ids"]?.array?.compactMap(\.string) ?? []
        nested = json["member_group_ids"]?.array?.compactMap(\.string) ?? []
    }
}
