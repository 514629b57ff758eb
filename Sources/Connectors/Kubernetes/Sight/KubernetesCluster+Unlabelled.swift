import AccessModel
import ConnectorKit
import StrictJSON
import Synchronization

/// Which permission a group's name stands for, as changes have told it: a name alone does not, since an organisation says
/// how its groups are called.
final class GroupNotations: Sendable {
    private let known = Mutex<[String: Group]>([:])

    func learn(from fact: Fact) {
        guard let slug = fact.groupSlug, !slug.hasPrefix(KubernetesCluster.foreign), let notation = fact.notation else {
            return
        }
        known.withLock { $0[slug] = notation }
    }

    /// Nil where one of them is not known.
    func groups(named slugs: Set<String>) -> [Group]? {
        let found = known.withLock { known in slugs.compactMap { known[$0] } }
        return found.count == slugs.count ? found : nil
    }
}

extension KubernetesCluster {
    /// What stands where trusts of the groups would, whatever its labels are: none that still works is taken for gone.
    ///
    /// Of groups that no change has named since this connector was made the places are not known, and the whole cluster is
    /// gone through.
    func readUnlabelled(of groups: Set<String>, _ operation: String) async throws(ConnectorError) -> ClusterSnapshot {
        guard !groups.isEmpty else { return ClusterSnapshot() }
        var paths: Set<ResourcePath> = [.roleBindings, .clusterRoleBindings, .serviceAccounts]
        if let known = notations.groups(named: groups) {
            paths = []
            let finder = NamespaceFinder(self)
            // A workload is an operator, never anybody else.
            for group in known where group.role == .operator {
                let scope = WantedTrust.scope(of: group)
                for place in try await finder.places(of: scope, operation: operation) {
                    paths.insert(.bindings(in: place))
                }
                for namespace in try await finder.namespaces(of: scope, operation: operation) {
                    paths.insert(.serviceAccounts(in: namespace))
                }
            }
        }
        let listings = try await Array(paths).concurrentMap(limit: 4) { path throws(ConnectorError) in
            let objects = try await client.listAll(path, operation: operation)
            return try Self.snapshot(objects, of: path, operation)
        }
        return listings.reduce(into: ClusterSnapshot()) { whole, part in
            whole.bindings += part.bindings
            whole.accounts += part.accounts
        }
    }

    private static func snapshot(
        _ objects: [JSONValue], of path: ResourcePath, _ operation: String
    ) throws(ConnectorError) -> ClusterSnapshot {
        var snapshot = ClusterSnapshot()
        for object in objects {
            if path.name == ResourcePath.serviceAccounts.name {
                snapshot.accounts.append(try account(object, operation))
            } else {
                snapshot.bindings.append(try binding(object, operation))
            }
        }
        return snapshot
    }
}

extension ClusterSnapshot {
    /// Adds what bears the name of one of the groups and was not read before.
    mutating func add(_ other: ClusterSnapshot, of groups: Set<String>) {
        let known = Set(bindings.map(\.metadata.uid) + accounts.map(\.metadata.uid))
        bindings += other.bindings.filter { binding in
            !known.contains(binding.metadata.uid) && groups.contains(BindingName(binding.name)?.group ?? "")
        }
        accounts += other.accounts.filter { account in
            !known.contains(account.metadata.uid) && groups.contains(account.trust?.group ?? "")
        }
    }
}
