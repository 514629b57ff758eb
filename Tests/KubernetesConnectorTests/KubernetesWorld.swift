import AccessModel
import ConnectorKit
import KubernetesConnector
import StrictJSON
import TestSupport

/// A real API server as the conformance suite's world; what it cannot be made to do comes from a double.
struct KubernetesWorld: ConformanceWorld {
    let cluster: KubernetesTestCluster
    let configuration: ConnectorConfiguration
    let secrets: [String]
    let pageSize = 3
    private let settings: JSONValue
    private let busy: HTTPDouble
    private let rude: HTTPDouble

    /// - Parameters:
    ///   - more: Settings beside those of the suite.
    ///   - moreSecrets: What must not come out beside the cluster's token.
    init(_ cluster: KubernetesTestCluster, _ more: JSONValue = [:], moreSecrets: [String] = []) throws {
        self.cluster = cluster
        secrets = [cluster.token] + moreSecrets
        // A label of its own, since the suite's coordinates are everybody's.
        settings = Self.settings(cluster, more)
        configuration = try cluster.configuration(settings)
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

    private static func settings(_ cluster: KubernetesTestCluster, _ more: JSONValue) -> JSONValue {
        let own: [JSONObject.Member] = [
            .init(name: "page_size", value: 3),
            .init(
                name: "namespace_labels",
                value: [
                    "tenant": .string("\(cluster.tag)/tenant"), "tier": .string("\(cluster.tag)/tier"),
                    "sector": .string("\(cluster.tag)/sector"),
                ]),
        ]
        return .object(JSONObject(own + (more.object?.members ?? [])))
    }

    func stop() {
        busy.stop()
        rude.stop()
    }

    /// The target holds no accounts.
    func addForeignAccount(named name: String) async throws {}
    func addStrayMember(account: String, to group: String) async throws {}

    func throttled() async throws -> ThrottledConnector? {
        let connector = try cluster.connector(settings, server: busy.url)
        return ThrottledConnector(connector: connector, delay: .seconds(7))
    }

    func broken() async throws -> [BrokenConnector] {
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
