import ConnectorKit
import StrictJSON

/// An entity of the server's identity store.
struct VaultEntity: Hashable, Sendable {
    struct Alias: Hashable, Sendable {
        let id: String
        let name: String
        let accessor: String
    }

    let id: String
    let name: String
    let isDisabled: Bool
    let metadata: [String: String]
    let aliases: [Alias]
    let policies: [String]
    /// Of the groups that it is in itself.
    let groups: [String]

    init(_ json: JSONValue, _ operation: String) throws(ConnectorError) {
        guard let id = json["id"]?.string, let name = json["name"]?.string else {
            throw ConnectorError(code: .incomplete, operation: operation, message: "an entity came without its id")
        }
        self.id = id
        self.name = name
        isDisabled = json["disabled"]?.bool ?? false
        metadata = json["metadata"].texts
        policies = json["policies"]?.array?.compactMap(\.string) ?? []
        groups = json["direct_group_ids"]?.array?.compactMap(\.string) ?? []
        aliases = (json["aliases"]?.array ?? []).compactMap { alias in
            guard let id = alias["id"]?.string, let name = alias["name"]?.string,
                let accessor = alias["mount_accessor"]?.string
            else { return nil }
            return Alias(id: id, name: name, accessor: accessor)
        }
    }

    func alias(on accessor: String) -> Alias? { aliases.first { $0.accessor == accessor } }
}

extension JSONValue? {
    /// An object of texts.
    var texts: [String: String] {
        var texts: [String: String] = [:]
        for member in self?.object?.members ?? [] { texts[member.name] = member.value.string }
        return texts
    }
}
