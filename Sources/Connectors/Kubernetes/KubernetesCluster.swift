import AccessModel
import ConnectorKit
import StrictJSON

/// A Kubernetes cluster: roles as bindings in the namespaces of a coordinate, operators as service accounts.
///
/// Groups and people are the identity provider's; the cluster knows groups by the names that tokens bring. What a binding
/// is for stands in its name. That a role holds, or holds no more, is what the API server itself says of it.
public struct KubernetesCluster: Connector, ChangeFeed {
    let client: KubernetesClient
    let settings: KubernetesSettings
    let clock: @Sendable () -> Instant
    /// Where changes are proposed; nil where they are made.
    let desk: ProposalDesk?
    let notations = GroupNotations()
    private let name: String

    /// - Throws: A `configuration` error for settings that are not usable. No file is read and no server asked yet.
    public init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        let settings = try KubernetesSettings(configuration)
        self.settings = settings
        client = KubernetesClient(
            door: ClusterDoor(settings.door, clock: configuration.clock), pageSize: settings.pageSize)
        clock = configuration.clock
        name = configuration.target.text
        desk = settings.gitops.map { ProposalDesk($0, marks: settings.marks, configuration) }
    }

    public var abilities: TargetAbilities { Self.abilities }

    static let abilities = TargetAbilities(
        kinds: [.roleAssignment, .federatedTrust], holdsWorkloadMembers: false, holdsEmptyGroups: true,
        maximumGroupNameLength: 128)

    /// Asks for the version, and whether everything that the connector needs is allowed.
    public func check() async throws(ConnectorError) -> TargetHealth {
        let operation = "check \(name)"
        let response = try await client.send(
            HTTPRequest(.get, ["version"], headers: KubernetesClient.accepts), operation: operation)
        guard let version = JSONValue.parsed(response.body)?["gitVersion"]?.string else {
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "the address is no Kubernetes API server")
        }
        for path in [ResourcePath.namespaces, .roleBindings, .clusterRoleBindings, .serviceAccounts] {
            let request = HTTPRequest(
                .get, path.segments, query: [HTTPRequest.Field("limit", "1")], headers: KubernetesClient.accepts)
            _ = try await client.send(request, operation: "\(operation): list \(path.name)")
        }
        let proof = AccessProof(client: client)
        let probe = settings.probe(.reader)
        _ = try await proof.ask(
            .member(of: "tenure:nobody"), probe, in: .cluster, operation: "\(operation): review access")
        guard let desk else { return TargetHealth(description: "Kubernetes \(version)") }
        let place = try await desk.sight("\(operation): read the repository").place
        return TargetHealth(description: "Kubernetes \(version), changed through \(place)")
    }

    public func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
        let operation = "\(change.operation.rawValue) \(change.fact.key) in \(name)"
        notations.learn(from: change.fact)
        if let desk { return try await propose(change, desk, operation) }
        switch (change.operation, change.fact) {
        case (.remove, .roleAssignment(let assignment)): return try await remove(assignment, operation)
        case (_, .roleAssignment(let assignment)): return try await add(assignment, operation)
        case (.remove, .federatedTrust(let trust)): return try await remove(trust, operation)
        case (_, .federatedTrust(let trust)): return try await add(trust, operation)
        default: throw Self.noPlace(change, operation)
        }
    }

    static func noPlace(_ change: Change, _ operation: String) -> ConnectorError {
        ConnectorError(
            code: .invalid, operation: operation,
            message: "a Kubernetes cluster has no place for a \(change.fact.kind.rawValue)")
    }

    /// Follows bindings, namespaces and the service accounts of operators.
    public func changes(_ wake: @escaping @Sendable () -> Void) async throws(ConnectorError) {
        let accounts = settings.marks.selector(nil)
        let feeds: [Feed] = [
            Feed(path: .roleBindings), Feed(path: .clusterRoleBindings), Feed(path: .namespaces),
            Feed(path: .serviceAccounts, labels: accounts),
        ]
        let client = client
        // The first that breaks ends all of them.
        _ = try await feeds.concurrentMap(limit: feeds.count) { feed throws(ConnectorError) in
            try await client.follow(feed.path, labels: feed.labels, wake)
        }
    }

    private struct Feed: Sendable {
        let path: ResourcePath
        var labels: String?
    }

    public func close() async {
        await client.door.close()
        await desk?.close()
    }

    func receipt(_ effect: Receipt.Effect, _ note: String) -> Receipt {
        Receipt(effect: effect, requestID: nil, at: clock(), note: note)
    }
}

extension ConnectorFactory {
    /// `connector: kubernetes`
    public static let kubernetes = ConnectorFactory(
        name: "kubernetes", abilities: KubernetesCluster.abilities,
        settings: SettingsSchema(optional: KubernetesSettings.names) { configuration throws(ConnectorError) in
            _ = try KubernetesSettings(configuration)
        }
    ) { configuration throws(ConnectorError) in try KubernetesCluster(configuration) }
}
