import ConnectorKit

/// What an operator should know of a cluster: access that nobody defined. It is told, and left as it is.
struct ClusterFindings {
    private let snapshot: ClusterSnapshot
    private let settings: KubernetesSettings
    /// Of each kind so many are named, the rest counted.
    private static let limit = 20

    init(_ snapshot: ClusterSnapshot, _ settings: KubernetesSettings) {
        self.snapshot = snapshot
        self.settings = settings
    }

    var texts: [String] {
        let strangers = snapshot.bindings.filter { binding in
            !binding.isOfTheSystem && !binding.metadata.isOurs(settings.marks)
        }
        let kinds: [(findings: [String], plural: String)] = [
            (directUsers(strangers), "bindings that name users directly"),
            (clusterAdmins(strangers), "bindings of cluster-admin"),
            (wildcards(strangers), "bindings of roles with wildcards"),
            (outside(strangers), "bindings outside of the definitions"),
            (empty, "namespaces without a binding"),
        ]
        return kinds.flatMap { kind in
            let rest = kind.findings.count - Self.limit
            return kind.findings.prefix(Self.limit) + (rest > 0 ? ["\(rest) more \(kind.plural)"] : [])
        }
    }

    private func directUsers(_ bindings: [Binding]) -> [String] {
        bindings.compactMap { binding in
            let users = binding.subjects.filter { $0.kind == .user && !$0.name.hasPrefix("system:") }.sorted()
            return users.first.map { "\(binding.title) names the \($0) directly; access belongs to groups" }
        }.sorted()
    }

    private func clusterAdmins(_ bindings: [Binding]) -> [String] {
        bindings.filter { $0.role == .clusterRole("cluster-admin") }.flatMap { binding in
            binding.subjects.filter { !isOfThePlatform($0) }.sorted().map { subject in
                "\(binding.title) gives cluster-admin to \(subject), who is not the platform's"
            }
        }.sorted()
    }

    /// A group of one of the tenants that hold their roles in the whole cluster, by the usual names of groups.
    private func isOfThePlatform(_ subject: RBACSubject) -> Bool {
        guard let slug = settings.subjects.slug(of: subject) else { return false }
        return settings.clusterWide.contains { slug.hasPrefix($0.text + "-") }
    }

    private func wildcards(_ bindings: [Binding]) -> [String] {
        let wild = Set(snapshot.rules.filter(\.hasWildcard).map { Key(role: $0.role, namespace: $0.namespace) })
        return bindings.filter { binding in
            guard binding.role != .clusterRole("cluster-admin") else { return false }
            let namespace = binding.role.kind == .role ? binding.place.namespace : nil
            return wild.contains(Key(role: binding.role, namespace: namespace))
        }.map { "\($0.title) gives \($0.role), whose rules have wildcards" }.sorted()
    }

    private struct Key: Hashable {
        let role: RoleRef
        let namespace: String?
    }

    /// People and strangers' service accounts in namespaces that are a tenant's, or in the whole cluster. What an
    /// application's own account may do at home is the application's.
    private func outside(_ bindings: [Binding]) -> [String] {
        let managed = managedNamespaces
        return bindings.compactMap { binding -> String? in
            if let namespace = binding.place.namespace, !managed.contains(namespace) { return nil }
            let others = binding.subjects.filter { subject in
                !(subject.kind == .serviceAccount && subject.namespace == binding.place.namespace)
                    && !(subject.kind == .serviceAccount && binding.place == .cluster)
            }.sorted()
            guard let first = others.first else { return nil }
            let more = others.count > 1 ? " and \(others.count - 1) more" : ""
            return "\(binding.title) is not Tenure's: it gives \(binding.role) to \(first)\(more)"
        }.sorted()
    }

    private var managedNamespaces: Set<String> {
        let bound = snapshot.bindings.filter { $0.metadata.isOurs(settings.marks) }.compactMap(\.place.namespace)
        let labelled = (snapshot.namespaces ?? []).filter(settings.namespaces.isManaged).map(\.name)
        return Set(bound + labelled)
    }

    /// Namespaces that say whose they are, and in which nobody of Tenure's may do anything.
    private var empty: [String] {
        let bound = Set(
            snapshot.bindings.filter { $0.metadata.isOurs(settings.marks) }.compactMap(\.place.namespace))
        return (snapshot.namespaces ?? []).filter { namespace in
            settings.namespaces.isManaged(namespace) && !bound.contains(namespace.name) && !namespace.isGoing
        }.map { "namespace `\($0.name)` says that it is a tenant's, and holds no binding of Tenure's" }.sorted()
    }
}
