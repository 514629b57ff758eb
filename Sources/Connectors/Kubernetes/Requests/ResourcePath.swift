/// Where objects of one kind are.
struct ResourcePath: Hashable, Sendable {
    let segments: [String]
    /// The plural, for messages.
    let name: String

    private static let rbac = ["apis", "rbac.authorization.k8s.io", "v1"]

    static let namespaces = ResourcePath(segments: ["api", "v1", "namespaces"], name: "namespaces")
    static let clusterRoles = ResourcePath(segments: rbac + ["clusterroles"], name: "clusterroles")
    static let clusterRoleBindings = ResourcePath(segments: rbac + ["clusterrolebindings"], name: "clusterrolebindings")
    /// Of all namespaces.
    static let roleBindings = ResourcePath(segments: rbac + ["rolebindings"], name: "rolebindings")
    static let roles = ResourcePath(segments: rbac + ["roles"], name: "roles")
    static let serviceAccounts = ResourcePath(segments: ["api", "v1", "serviceaccounts"], name: "serviceaccounts")
    static let subjectAccessReviews = ResourcePath(
        segments: ["apis", "authorization.k8s.io", "v1", "subjectaccessreviews"], name: "subjectaccessreviews")

    /// Of one namespace, or of the cluster itself.
    static func bindings(in place: BindingPlace) -> ResourcePath {
        switch place {
        case .cluster: clusterRoleBindings
        case .namespace(let name):
            ResourcePath(segments: rbac + ["namespaces", name, "rolebindings"], name: "rolebindings")
        }
    }

    static func serviceAccounts(in namespace: String) -> ResourcePath {
        ResourcePath(segments: ["api", "v1", "namespaces", namespace, "serviceaccounts"], name: "serviceaccounts")
    }
}

/// Where a binding holds.
enum BindingPlace: Hashable, Comparable, Sendable, CustomStringConvertible {
    case cluster
    case namespace(String)

    var namespace: String? {
        if case .namespace(let name) = self { name } else { nil }
    }

    var description: String { namespace.map { "namespace `\($0)`" } ?? "the cluster" }
}
