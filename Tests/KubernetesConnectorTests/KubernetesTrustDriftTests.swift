import AccessModel
import ConnectorKit
import Foundation
import KubernetesConnector
import StrictJSON
import TestSupport
import Testing

/// Operators' accounts whose labels somebody took off, on a real API server that is each test's alone: what has no labels
/// says no organisation's name either.
@Suite(.serialized) struct KubernetesTrustDriftTests {
    /// What loses its labels.
    enum Stripped: CaseIterable {
        case binding, account, both
    }

    private static let unlabelled: JSONValue = ["metadata": ["labels": .null]]

    private func strip(_ what: Stripped, _ cluster: KubernetesTestCluster, isClusterWide: Bool = false) throws {
        if what != .account {
            try cluster.admin.patchBinding(
                cluster.trustBindingName(), in: isClusterWide ? nil : cluster.namespace(), Self.unlabelled)
        }
        if what != .binding {
            try cluster.admin.require(
                "PATCH", accountPath(cluster) + "?fieldManager=by-hand", Self.unlabelled,
                type: "application/merge-patch+json")
        }
    }

    private func accountPath(_ cluster: KubernetesTestCluster) -> String {
        "/api/v1/namespaces/\(cluster.namespace())/serviceaccounts/\(cluster.trustAccountName())"
    }

    /// By the connector that was told of the trust, and by one that was told of nothing.
    private func expectRemnant(
        _ cluster: KubernetesTestCluster, _ connector: KubernetesCluster, _ more: JSONValue = [:], when what: Comment
    ) async throws {
        let stranger = try cluster.connector(more)
        for reader in [connector, stranger] {
            for seen in [
                try await reader.observe(groups: [cluster.slug(.operator)]), try await reader.observe(.everything),
            ] {
                #expect(seen.completeness == .complete, what)
                #expect(!seen.facts.contains(cluster.trust()), what)
                #expect(seen.remnants.contains(cluster.trust()), what)
            }
        }
        await stranger.close()
    }

    private func expectNothing(
        _ cluster: KubernetesTestCluster, _ connector: KubernetesCluster, isClusterWide: Bool = false,
        when what: Comment
    ) async throws {
        #expect(
            try !cluster.admin.hasBinding(
                cluster.trustBindingName(), in: isClusterWide ? nil : cluster.namespace()), what)
        #expect(try cluster.admin.request("GET", accountPath(cluster)).status == 404, what)
        let seen = try await connector.observe(groups: [cluster.slug(.operator)])
        #expect(seen.facts.isEmpty && seen.remnants.isEmpty && seen.completeness == .complete, what)
    }

    @Test func aTrustThatLostItsLabelsIsSeenMendedAndTakenAway() async throws {
        guard let cluster = try KubernetesTestCluster.own() else { return }
        defer { cluster.server?.stop() }
        try cluster.makeNamespace()
        let connector = try cluster.connector()
        for what in Stripped.allCases {
            try await connector.add(cluster.trust())
            try strip(what, cluster)
            try await expectRemnant(cluster, connector, when: "\(what)")
            #expect(try await connector.add(cluster.trust()).effect == .applied, "\(what)")
            #expect(try await connector.observe(groups: [cluster.slug(.operator)]).facts == [cluster.trust()])
            // Nobody wants it any more, and its labels are off again.
            try strip(what, cluster)
            #expect(try await connector.remove(cluster.trust()).effect == .applied, "\(what)")
            try await expectNothing(cluster, connector, when: "\(what)")
            #expect(try await connector.remove(cluster.trust()).effect == .alreadyHeld, "\(what)")
        }
        await connector.close()
    }

    @Test func anAccountAloneIsNotGoneYet() async throws {
        guard let cluster = try KubernetesTestCluster.own() else { return }
        defer { cluster.server?.stop() }
        try cluster.makeNamespace()
        let connector = try cluster.connector()
        try await connector.add(cluster.trust())
        try strip(.account, cluster)
        let binding = try #require(
            cluster.trustBindingName().addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        try cluster.admin.require(
            "DELETE", KubernetesAdmin.rbac + "/namespaces/\(cluster.namespace())/rolebindings/\(binding)")
        try await expectRemnant(cluster, connector, when: "without its binding")
        #expect(try await connector.remove(cluster.trust()).effect == .applied)
        try await expectNothing(cluster, connector, when: "without its binding")
        await connector.close()
    }

    @Test func aTrustOfThePlatformThatLostItsLabelsIsTakenAway() async throws {
        guard let cluster = try KubernetesTestCluster.own() else { return }
        defer { cluster.server?.stop() }
        try cluster.makeNamespace()
        let more: JSONValue = ["cluster_wide": [.string(cluster.tag)]]
        let connector = try cluster.connector(more)
        for what in Stripped.allCases {
            try await connector.add(cluster.trust())
            try strip(what, cluster, isClusterWide: true)
            try await expectRemnant(cluster, connector, more, when: "\(what)")
            #expect(try await connector.remove(cluster.trust()).effect == .applied, "\(what)")
            try await expectNothing(cluster, connector, isClusterWide: true, when: "\(what)")
        }
        await connector.close()
    }

    @Test func aTrustThatCannotBeRemovedIsNotReadBackAsGone() async throws {
        guard let cluster = try KubernetesTestCluster.own() else { return }
        defer { cluster.server?.stop() }
        try cluster.makeNamespace()
        let connector = try cluster.connector()
        try await connector.add(cluster.trust())
        try strip(.both, cluster)
        // The last of the verbs for service accounts and for bindings is `delete`.
        try cluster.admin.require(
            "PATCH", KubernetesAdmin.rbac + "/clusterroles/\(cluster.tag)-connector",
            [
                ["op": "test", "path": "/rules/1/verbs/5", "value": "delete"],
                ["op": "remove", "path": "/rules/1/verbs/5"],
                ["op": "test", "path": "/rules/2/verbs/5", "value": "delete"],
                ["op": "remove", "path": "/rules/2/verbs/5"],
            ], type: "application/json-patch+json")
        // The server learns of the changed role by a watch.
        let isForbidden = try await eventually {
            do {
                try await connector.remove(cluster.trust())
                try await connector.add(cluster.trust())
                try strip(.both, cluster)
                return false
            } catch let error as ConnectorError where error.code == .forbidden {
                return true
            }
        }
        #expect(isForbidden)
        #expect(try cluster.admin.request("GET", accountPath(cluster)).status == 200)
        try await expectRemnant(cluster, connector, when: "it could not be removed")
        await connector.close()
    }

    @Test func anAccountOfSomebodyElseOfThatNameIsLeft() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        let account: JSONValue = [
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": ["name": .string(cluster.trustAccountName())],
        ]
        for namespace in ["\(cluster.tag)-home", cluster.namespace()] {
            try cluster.admin.require("POST", "/api/v1/namespaces/\(namespace)/serviceaccounts", account)
        }
        let connector = try cluster.connector()
        let refused = await #expect(throws: ConnectorError.self) { try await connector.remove(cluster.trust()) }
        #expect(refused?.code == .conflict)
        #expect(refused?.message.contains(cluster.namespace() + "/") == true, "\(String(describing: refused))")
        #expect(try cluster.admin.request("GET", accountPath(cluster)).status == 200)
        // Where the trust has no place it is not in its way.
        try cluster.admin.require("DELETE", accountPath(cluster))
        #expect(try await connector.remove(cluster.trust()).effect == .alreadyHeld)
        await connector.close()
    }
}
