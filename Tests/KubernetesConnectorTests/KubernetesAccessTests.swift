import AccessModel
import ConnectorKit
import Crypto
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import KubernetesConnector

/// Ways into a real cluster, and what becomes of them.
@Suite struct KubernetesAccessTests {
    @Test func aClientCertificateOpensIt() async throws {
        guard let cluster = try KubernetesTestCluster.shared(), let server = cluster.server else { return }
        let connector = try cluster.connector(user: [
            "client-certificate": .string(server.clientCertificate),
            "client-key-data": .string(
                try Data(contentsOf: URL(fileURLWithPath: server.clientKey)).base64EncodedString()),
        ])
        _ = try await connector.check()
        await connector.close()
    }

    @Test func aTokenFileThatIsRenewedIsReadAgain() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        let path = try cluster.write("canary-expired-token\n", to: "token")
        let connector = try cluster.connector(user: ["tokenFile": .string(path)])
        let error = await #expect(throws: ConnectorError.self) { try await connector.check() }
        #expect(error?.code == .unauthorized)
        _ = try cluster.write(cluster.token + "\n", to: "token")
        _ = try await connector.check()
        // The next one is refused, and by then the file holds a good one again.
        _ = try cluster.write("canary-expired-token-2", to: "token")
        await #expect(throws: ConnectorError.self) { try await connector.check() }
        await connector.close()
    }

    /// Hands out tokens from a file and counts its runs.
    private func plugin(_ cluster: KubernetesTestCluster, expiring: String?) throws -> (user: JSONValue, runs: String) {
        let tokens = try cluster.write(cluster.token, to: "plugin-token")
        let runs = try cluster.write("", to: "plugin-runs")
        let end = expiring.map { #","expirationTimestamp":"\#($0)""# } ?? ""
        let script = """
            #!/bin/sh
            echo run >>"\(runs)"
            printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"\(end)}}' "$(cat '\(tokens)')"
            """
        let path = try cluster.write(script, to: "plugin", permissions: 0o700)
        return (
            [
                "exec": [
                    "apiVersion": "client.authentication.k8s.io/v1", "command": .string(path),
                    "interactiveMode": "Never",
                ]
            ], runs
        )
    }

    private func count(_ path: String) throws -> Int {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count
    }

    @Test func aPluginRunsOnceUntilItsTokenEnds() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        let (user, runs) = try plugin(cluster, expiring: "2099-01-01T00:00:00Z")
        let connector = try cluster.connector(user: user)
        _ = try await connector.check()
        _ = try await connector.observe(.everything)
        #expect(try count(runs) == 1)
        await connector.close()

        let (expired, more) = try plugin(cluster, expiring: "2001-01-01T00:00:00Z")
        let second = try cluster.connector(user: expired)
        _ = try await second.check()
        _ = try await second.check()
        #expect(try count(more) >= 4, "a token that has ended is not used again")
        await second.close()
    }

    @Test func aTokenThatTheServerNoLongerTakesIsFetchedAnew() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        let (user, runs) = try plugin(cluster, expiring: nil)
        let connector = try cluster.connector(user: user)
        _ = try await connector.check()
        #expect(try count(runs) == 1)
        // All tokens of the account die with it; the new one has another.
        let path = "/api/v1/namespaces/\(cluster.tag)-home/serviceaccounts"
        try cluster.admin.require("DELETE", "\(path)/\(cluster.tag)-connector")
        try cluster.admin.require(
            "POST", path,
            [
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": ["name": .string("\(cluster.tag)-connector")],
            ])
        _ = try cluster.write(
            try cluster.admin.makeToken(of: "\(cluster.tag)-connector", in: "\(cluster.tag)-home"), to: "plugin-token")
        for _ in 0..<100 where try count(runs) == 1 {
            _ = try await connector.check()
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try count(runs) == 2, "it was refused once, and asked once more")
        await connector.close()
    }

    @Test func aPodFindsItsOwnCluster() async throws {
        guard let cluster = try KubernetesTestCluster.shared(), cluster.server != nil else { return }
        let folder = try LDAPFolder()
        _ = try folder.write(try String(contentsOfFile: cluster.admin.caFile, encoding: .utf8), to: "ca.crt")
        _ = try folder.write(cluster.token, to: "token")
        let port = cluster.admin.url.split(separator: ":").last.map(String.init) ?? ""
        let environment = ["KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": port]
        let door = ClusterDoor(
            ClusterDoor.Settings(source: .inCluster(directory: folder.path, environment: environment)),
            clock: { Instant(milliseconds: 0) })
        let client = KubernetesClient(door: door, pageSize: 10)
        let namespace = try await client.get(.namespaces, "kube-system", operation: "test")
        #expect(namespace?["metadata"]?["name"] == "kube-system")
        await door.close()
        #expect(throws: ConnectorError.self) {
            try ClusterSource.inCluster(directory: folder.path, environment: [:]).connection()
        }
    }

    @Test func anotherCAIsRefusedAndSoIsOneThatIsNotPinned() async throws {
        guard let cluster = try KubernetesTestCluster.shared(), let server = cluster.server else { return }
        let url: JSONValue = .string(cluster.admin.url)
        func connector(_ more: JSONValue) throws -> KubernetesCluster {
            var settings = JSONObject([.init(name: "url", value: url)])
            for member in more.object?.members ?? [] { settings[member.name] = member.value }
            return try KubernetesCluster(
                kubernetesConfiguration(.object(settings), credential: SecretText(cluster.token)))
        }
        let pem = Array(try Data(contentsOf: URL(fileURLWithPath: cluster.admin.caFile)))
        let print = try #require(ClusterDoor.fingerprints(pem).first)
        let pinned = try connector(["ca_file": .string(cluster.admin.caFile), "ca_sha256": [.string(print)]])
        _ = try await pinned.check()
        await pinned.close()

        let wrong = try connector(["ca_file": .string(server.clientCertificate)])
        #expect(await #expect(throws: ConnectorError.self) { try await wrong.check() }?.code == .unreachable)
        await wrong.close()
        let other = try connector([
            "ca_file": .string(cluster.admin.caFile), "ca_sha256": [.string(String(repeating: "0", count: 64))],
        ])
        let error = await #expect(throws: ConnectorError.self) { try await other.check() }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(print) == true)
        await other.close()
        let unknown = try connector(["ca_sha256": [.string(print)]])
        #expect(await #expect(throws: ConnectorError.self) { try await unknown.check() }?.code == .configuration)
        await unknown.close()
    }

    @Test func aServerThatIsStartedAnewIsFoundAgain() async throws {
        guard let cluster = try KubernetesTestCluster.own(), let server = cluster.server else { return }
        defer { server.stop() }
        try cluster.makeNamespace()
        let connector = try cluster.connector()
        try await connector.add(cluster.assignment())
        let feed = Task { try await connector.changes {} }
        server.stopServer()
        #expect(
            await #expect(throws: ConnectorError.self) { try await connector.observe(.everything) }?.code
                == .unreachable)
        let broken = await feed.result
        #expect(throws: ConnectorError.self) { try broken.get() }
        try server.restartServer()
        let seen = try await connector.observe(.everything)
        #expect(seen.facts == [cluster.assignment()])
        #expect(seen.completeness == .complete)
        await connector.close()
    }
}
