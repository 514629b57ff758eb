import StrictJSON

/// The role that a binding gives. It never changes: another role takes another binding.
struct RoleRef: Hashable, Sendable, CustomStringConvertible {
    enum Kind: String, Sendable {
        case clusterRole = "ClusterRole"
        case role = "Role"
    }

    let kind: Kind
    let name: String

    static func clusterRole(_ name: String) -> RoleRef { RoleRef(kind: .clusterRole, name: name) }

    init(kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }

    init?(_ value: JSONValue?) {
        guard let kind = value?["kind"]?.string.flatMap(Kind.init(rawValue:)), let name = value?["name"]?.string else {
            return nil
        }
        self.init(kind: kind, name: name)
    }

    var json: JSONValue {
        ["apiGroup": "rbac.authorization.k8s.io", "kind": .string(kind.rawValue), "name": .string(name)]
    }

    var description: String { "\(kind.rawValue) `\(name)`" }
}
