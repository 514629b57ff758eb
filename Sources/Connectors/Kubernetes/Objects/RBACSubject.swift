import StrictJSON

/// Whom a binding binds.
struct RBACSubject: Hashable, Comparable, Sendable, CustomStringConvertible {
    enum Kind: String, Sendable, Comparable {
        case group = "Group"
        case user = "User"
        case serviceAccount = "ServiceAccount"

        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    let kind: Kind
    let name: String
    /// Of a service account; empty for the others.
    let namespace: String

    init(_ kind: Kind, _ name: String, namespace: String = "") {
        self.kind = kind
        self.name = name
        self.namespace = namespace
    }

    init?(_ value: JSONValue) {
        guard let kind = value["kind"]?.string.flatMap(Kind.init(rawValue:)), let name = value["name"]?.string else {
            return nil
        }
        self.init(kind, name, namespace: value["namespace"]?.string ?? "")
    }

    var json: JSONValue {
        switch kind {
        case .serviceAccount:
            ["kind": .string(kind.rawValue), "name": .string(name), "namespace": .string(namespace)]
        case .group, .user:
            ["apiGroup": "rbac.authorization.k8s.io", "kind": .string(kind.rawValue), "name": .string(name)]
        }
    }

    /// `user:alice`, `group:devs`, `serviceaccount:ci/runner`.
    var description: String {
        switch kind {
        case .group: "group:\(name)"
        case .user: "user:\(name)"
        case .serviceAccount: "serviceaccount:\(namespace)/\(name)"
        }
    }

    /// Reads ``description``; nil for anything else.
    init?(described text: some StringProtocol) {
        if text.hasPrefix("group:") {
            self.init(.group, String(text.dropFirst("group:".count)))
        } else if text.hasPrefix("user:") {
            self.init(.user, String(text.dropFirst("user:".count)))
        } else if text.hasPrefix("serviceaccount:") {
            let parts = text.dropFirst("serviceaccount:".count).split(
                separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            self.init(.serviceAccount, String(parts[1]), namespace: String(parts[0]))
        } else {
            return nil
        }
    }

    static func < (left: RBACSubject, right: RBACSubject) -> Bool {
        (left.kind, left.namespace, left.name) < (right.kind, right.namespace, right.name)
    }
}
