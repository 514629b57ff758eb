import ConnectorKit
import StrictJSON

/// What was read of a cluster.
struct ClusterSnapshot: Sendable {
    var bindings: [Binding] = []
    var accounts: [OperatorAccount] = []
    /// Nil where the server is asked for each place.
    var namespaces: [Namespace]?
    var doubts: [String] = []
    var rules: [RoleRules] = []
}

/// What a Role or ClusterRole allows, as far as it is looked at.
struct RoleRules: Hashable, Sendable {
    let role: RoleRef
    let namespace: String?
    let hasWildcard: Bool

    init?(_ object: JSONValue, kind: RoleRef.Kind) {
        guard let metadata = ObjectMetadata(object) else { return nil }
        role = RoleRef(kind: kind, name: metadata.name)
        namespace = metadata.namespace
        hasWildcard = (object["rules"]?.array ?? []).contains { rule in
            func isAll(_ name: String) -> Bool { rule[name]?.array?.contains("*") ?? false }
            return isAll("verbs") || isAll("resources")
        }
    }
}

extension KubernetesCluster {
    /// Everything, page by page. Namespaces first: a binding is in one that was there.
    func readEverything(_ operation: String) async throws(ConnectorError) -> ClusterSnapshot {
        let paths: [ResourcePath] = [.namespaces, .roleBindings, .clusterRoleBindings, .serviceAccounts]
        var snapshot = ClusterSnapshot()
        let listings = try await paths.concurrentMap(limit: paths.count) { path throws(ConnectorError) in
            try await client.list(path, operation: operation)
        }
        snapshot.doubts = listings.compactMap(\.doubt)
        snapshot.namespaces = try listings[0].items.map { object throws(ConnectorError) in
            try NamespaceFinder.namespace(object, operation)
        }
        for object in listings[1].items + listings[2].items {
            snapshot.bindings.append(try Self.binding(object, operation))
        }
        // Most are other people's. One of Tenure's that lost its labels has its name still.
        snapshot.accounts = listings[3].items.compactMap { OperatorAccount($0) }.filter { account in
            account.trust != nil || account.metadata.labels[OwnerMarks.organizationLabel] != nil
        }
        snapshot.rules = try await readRules(operation)
        return snapshot
    }

    /// For findings alone: who may not read them is told so, and everything else goes on.
    private func readRules(_ operation: String) async throws(ConnectorError) -> [RoleRules] {
        do throws(ConnectorError) {
            let clusterRoles = try await client.list(.clusterRoles, operation: operation).items
            let roles = try await client.list(.roles, operation: operation).items
            return clusterRoles.compactMap { RoleRules($0, kind: .clusterRole) }
                + roles.compactMap { RoleRules($0, kind: .role) }
        } catch {
            guard error.code == .forbidden else { throw error }
            return []
        }
    }

    /// What Tenure made for some groups; a nil asks for that of all of them.
    func read(of groups: [String]?, _ operation: String) async throws(ConnectorError) -> ClusterSnapshot {
        var snapshot = ClusterSnapshot()
        // Selectors are part of the address, whose length is limited.
        let chunks: [[String]?] =
            groups.map { groups in
                stride(from: 0, to: groups.count, by: 20).map { Array(groups[$0..<min($0 + 20, groups.count)]) }
            } ?? [nil]
        for chunk in chunks {
            snapshot.bindings += try await ourBindings(of: chunk, operation)
            snapshot.accounts += try await operatorAccounts(of: chunk, operation)
        }
        return snapshot
    }
}
