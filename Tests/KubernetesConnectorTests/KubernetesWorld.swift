import AccessModel
import ConnectorKit
import KubernetesConnector
import StrictJSON
import TestSupport

/// A real API server as the conformance suite's world; what it cannot be made to do comes from a double.
struct KubernetesWorld: ConformanceWorld {
    let cluster: KubernetesTestCluster
    let configuration: ConnectorConfiguration
    var secrets: [String] { [cluster.token] }
    let pageSize = 3
    private let busy: HTTPDouble
    private let rude: HTTPDouble

    init(_ cluster: KubernetesTestCluster) throws {
        self.cluster = cluster
        // A label of its own, since the suite's coordinates are everybody's.
        configuration = try cluster.configuration(Self.settings(cluster))
        try cluster.admin.makeNamespace(
            "\(cluster.tag)-tcf",
            labels: ["\(cluster.tag)/tenant": "tcf", "\(cluster.tag)/tier": "live", "\(cluster.tag)/sector": "shop"])
        busy = try HTTPDouble { _ in
            HTTPDouble.Response(
                429, headers: ["Retry-After": "7"],
                body:
                    #"{"kind":"Status","status":"Failure","reason":"TooManyRequests","message":"slow down","code":429}"#
            )
        }
        rude = try HTTPDouble { _ in .hangUp }
    }

    private static func settings(_ cluster: KubernetesTestCluster) -> JSONValue {
        [
            "page_size": 3,
            "namespace_labels": [
                "tenant": .string("\(cluster.tag)/tenant"), "tier": .string("\(cluster.tag)/tier"),
                "sector": .string("\(cluster.tag)/sector"),
            ],
        ]
    }

    func stop() {
        busy.stop()
        rude.stop()
    }

    /// The target holds no accounts.
    func addForeignAccount(named name: String) async throws {}
    func addStrayMember(account: String, to group: String) async throws {}

    func throttled() async throws -> ThrottledConnector? {
        let connector = try cluster.connector(Self.settings(cluster), server: busy.url)
        return ThrottledConnector(connector: connector, delay: .seconds(7))
    }

    func broken() async throws -> [BrokenConnector] {
        let settings = Self.settings(cluster)
        let nobody = try LoopbackSocket.freePort()
        return [
            BrokenConnector(
                name: "a wrong token",
                connector: try cluster.connector(settings, user: ["token": "canary-wrong-0123456789"]),
                expected: .unauthorized),
            BrokenConnector(
                name: "a server that is not there",
                connector: try cluster.connector(settings, server: "http://127.0.0.1:\(nobody)"),
                expected: .unreachable),
            BrokenConnector(
                name: "a server that hangs up", connector: try cluster.connector(settings, server: rude.url),
                expected: .unreachable),
            BrokenConnector(
                name: "a kubeconfig that is not there",
                connector: try KubernetesCluster(kubernetesConfiguration(["kubeconfig": "nothing"])),
                expected: .configuration),
        ]
    }
}
