import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import Synchronization
import TestSupport

@testable import KubernetesConnector

/// A connector that proposes, the forge that it proposes to, and whoever keeps the cluster from there.
struct GitOpsWorld: Sendable {
    let cluster: KubernetesTestCluster
    let forge: ForgeDouble
    let clock = TestClock()
    let branch = "tenure/shop-live"
    let path = "clusters/shop-live"

    /// Nil where the systems are not there.
    static func make(_ kind: ForgeDouble.Kind = .github, for test: String = #function) throws -> GitOpsWorld? {
        guard try TestSystems.require("git", for: test) != nil,
            let cluster = try KubernetesTestCluster.shared(for: test)
        else { return nil }
        try cluster.makeNamespace()
        setenv("TENURE_TEST_FORGE_TOKEN", ForgeDouble.token, 1)
        return GitOpsWorld(cluster: cluster, forge: try ForgeDouble(kind))
    }

    /// A clock that stands beside the real one and can be put on.
    final class TestClock: Sendable {
        private let ahead = Mutex<Int64>(0)

        func advance(by span: Span) { ahead.withLock { $0 += span.milliseconds } }
        func now() -> Instant {
            Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000) + ahead.withLock { $0 })
        }
    }

    func settings(repository: String? = nil) -> JSONValue {
        [
            "repository": .string(repository ?? forge.repository.url), "branch": .string(branch), "path": .string(path),
            "author": "Tenure <tenure@mountainlab.io>",
            "forge": [
                "kind": forge.kind == .github ? "github" : "gitlab", "url": .string(forge.url),
                "project": "mountainlab/clusters", "token": "env:TENURE_TEST_FORGE_TOKEN",
            ],
        ]
    }

    func connector(_ more: JSONValue = [:], repository: String? = nil) throws -> KubernetesCluster {
        var own = JSONObject([.init(name: "gitops", value: settings(repository: repository))])
        for member in more.object?.members ?? [] { own[member.name] = member.value }
        let plain = try cluster.configuration(.object(own))
        return try KubernetesCluster(
            ConnectorConfiguration(
                target: plain.target, settings: plain.settings, credential: nil, baseDirectory: "/nowhere",
                organization: plain.organization, clock: { [clock] in clock.now() }))
    }

    func reconcile() throws {
        try ClusterKeeper(
            admin: cluster.admin, repository: forge.repository, path: path, organization: cluster.tag
        ).reconcile()
    }

    func allows(_ expected: Bool, _ role: Role = .reader) throws -> Bool {
        try cluster.admin.allows(
            role == .reader ? "get" : "create", role == .reader ? "pods" : "deployments",
            group: role == .reader ? "" : "apps", in: cluster.namespace(), member: cluster.slug(role),
            expecting: expected)
    }

    var file: String { "\(path)/\(cluster.namespace()).yaml" }

    func proposed() throws -> String { try forge.repository.files(on: branch)[file] ?? "" }

    /// What reading back says of a change, as the engine asks it.
    func look(_ connector: KubernetesCluster, _ role: Role = .reader) async throws -> Observation {
        try await connector.observe(groups: [cluster.slug(role)])
    }
}

extension Observation {
    func waits(_ fact: Fact, isRemoval: Bool = false) -> String? {
        underway.first { $0.factKey == fact.key && $0.isRemoval == isRemoval }?.waitsFor
    }
}
