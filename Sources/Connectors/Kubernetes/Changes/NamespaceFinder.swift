import AccessModel
import ConnectorKit
import StrictJSON

/// Finds where a coordinate is in the cluster.
struct NamespaceFinder: Sendable {
    private let settings: KubernetesSettings
    private let client: KubernetesClient
    /// All namespaces, where they were listed; else the server is asked for each place.
    private let listed: Listed?

    private struct Listed: Sendable {
        let all: [Namespace]
        let named: [String: Namespace]
        let ofTenant: [String: [Namespace]]
    }

    init(_ cluster: KubernetesCluster, listed: [Namespace]? = nil) {
        settings = cluster.settings
        client = cluster.client
        let label = settings.namespaces.labels[.tenant] ?? ""
        self.listed = listed.map { all in
            Listed(
                all: all, named: Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
                ofTenant: Dictionary(grouping: all) { $0.metadata.labels[label] ?? "" })
        }
    }

    /// Where bindings for a place stand: in its namespaces, or in the cluster itself for a tenant of the platform.
    /// Namespaces that are on their way out do not count.
    func places(of scope: Coordinate, operation: String) async throws(ConnectorError) -> [BindingPlace] {
        if isClusterWide(scope) { return [.cluster] }
        return try await namespaces(of: scope, operation: operation).map { .namespace($0) }
    }

    func isClusterWide(_ scope: Coordinate) -> Bool { scope.tenant.slug.map(settings.clusterWide.contains) ?? false }

    func namespaces(of scope: Coordinate, operation: String) async throws(ConnectorError) -> [String] {
        let candidates = try await candidates(for: scope, operation)
        let held = candidates.filter { !$0.isGoing && settings.namespaces.holds($0, in: scope) }
        return Set(held.map(\.name)).sorted()
    }

    private func candidates(for scope: Coordinate, _ operation: String) async throws(ConnectorError) -> [Namespace] {
        let name = settings.namespaces.name(for: scope)
        if let listed {
            guard let tenant = scope.tenant.slug, settings.namespaces.assumed[.tenant] == nil else { return listed.all }
            return (listed.ofTenant[tenant.text] ?? []) + (name.flatMap { listed.named[$0] }.map { [$0] } ?? [])
        }
        var found: [Namespace] = []
        if let name, let object = try await client.get(.namespaces, name, operation: operation) {
            found += [try Self.namespace(object, operation)]
        }
        let selector = settings.namespaces.selector(for: scope)
        for object in try await client.listAll(.namespaces, labels: selector, operation: operation) {
            found.append(try Self.namespace(object, operation))
        }
        return found
    }

    static func namespace(_ object: JSONValue, _ operation: String) throws(ConnectorError) -> Namespace {
        if let namespace = Namespace(object) { return namespace }
        throw ConnectorError(
            code: .targetFailure, operation: operation, message: "a namespace came without its metadata")
    }
}
