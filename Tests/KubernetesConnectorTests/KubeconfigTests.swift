import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import KubernetesConnector

/// Reading kubeconfigs, without a cluster.
@Suite struct KubeconfigTests {
    private func connection(_ yaml: String, context: String? = nil, isOpen: Bool = false) throws -> ClusterConnection {
        try Kubeconfig(Array(yaml.utf8), path: "/home/ops/config", isOpen: isOpen).connection(context: context)
    }

    private func refusal(_ yaml: String, isOpen: Bool = false) -> String {
        do {
            _ = try connection(yaml, isOpen: isOpen)
            return "not refused"
        } catch {
            return "\(error)"
        }
    }

    /// As tools write it.
    private func config(cluster: String = "", user: String = "") -> String {
        """
        apiVersion: v1
        kind: Config
        preferences: {}
        current-context: shop@ops
        clusters:
        - cluster:
            server: https://10.0.0.1:6443
        \(cluster)
          name: shop
        contexts:
        - context: {cluster: shop, user: ops}
          name: shop@ops
        - context:
            cluster: other
            user: ""
          name: other
        users:
        - name: ops
          user:
            client-certificate-data:
        \(user)
        """
    }

    @Test func blockAndFlowStyleAreRead() throws {
        let pem = Data("-----BEGIN".utf8).base64EncodedString()
        let read = try connection(
            config(
                cluster: "    certificate-authority-data: \(pem)\n    insecure-skip-tls-verify: false",
                user: "    token: \"abc#: def\""))
        #expect(read.server == "https://10.0.0.1:6443")
        #expect(read.authorities == Array("-----BEGIN".utf8))
        guard case .token(let token) = read.bearer else {
            Issue.record("no token")
            return
        }
        #expect(token.reveal() == "abc#: def")
    }

    @Test func theOtherContextCanBeChosen() {
        #expect(throws: ConnectorError.self) { try connection(config(), context: "other") }
        #expect(throws: ConnectorError.self) { try connection(config(), context: "nobody") }
    }

    @Test func whatWeakensTheConnectionIsRefused() {
        #expect(refusal(config(cluster: "    insecure-skip-tls-verify: true")).contains("insecure-skip-tls-verify"))
        for line in ["tls-server-name: elsewhere", "proxy-url: http://proxy"] {
            #expect(refusal(config(cluster: "    \(line)")).contains("is not supported"))
        }
        for line in ["username: a", "password: b", "as: admin", "auth-provider: {name: gcp}"] {
            #expect(refusal(config(user: "    \(line)")).contains("is not supported"), "\(line)")
        }
        #expect(refusal(config(user: "    client-key-data: YQ==")).contains("only one of"))
    }

    @Test func secretsInAFileThatEverybodyReadsAreRefused() throws {
        #expect(refusal(config(user: "    token: canary-1234567"), isOpen: true).contains("chmod 600"))
        #expect(!refusal(config(user: "    token: canary-1234567"), isOpen: true).contains("canary"))
        _ = try connection(config(user: "    tokenFile: token"), isOpen: true)
    }

    @Test func aTokenFileIsFoundBesideTheKubeconfig() throws {
        guard case .file(let path) = try connection(config(user: "    tokenFile: tokens/ops\n    token: x")).bearer
        else {
            Issue.record("no file")
            return
        }
        #expect(path == "/home/ops/tokens/ops")
    }

    @Test(arguments: [
        ("a: &x 1", "anchors"), ("a: *x", "anchors"), ("a: !!str 1", "anchors"), ("a: 1\na: 2", "twice"),
        ("a: 1\n---\nb: 2", "more than one document"), ("[a", "not valid YAML"), ("? [a]\n: b", "must be text"),
        ("", "empty"),
    ])
    func yamlThatNoToolWritesIsRefused(_ yaml: String, _ why: String) {
        do {
            _ = try KubeconfigYAML.parse(Array(yaml.utf8))
            Issue.record("not refused: \(yaml)")
        } catch {
            #expect("\(error.message)".contains(why), "\(yaml): \(error.message)")
        }
    }

    @Test func deepAndLargeYAMLIsRefused() {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: KubeconfigYAML.Problem.self) { try KubeconfigYAML.parse(Array(deep.utf8)) }
        #expect(throws: KubeconfigYAML.Problem.self) {
            try KubeconfigYAML.parse([UInt8](repeating: 0x20, count: 2 << 20))
        }
    }

    // MARK: Plugins

    private func plugin(_ script: String, _ more: JSONValue = [:]) throws -> (plugin: ExecPlugin, folder: LDAPFolder) {
        let folder = try LDAPFolder()
        let path = try folder.write("#!/bin/sh\n" + script, to: "plugin")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        var exec = JSONObject([
            .init(name: "command", value: "./plugin"),
            .init(name: "apiVersion", value: "client.authentication.k8s.io/v1"),
            .init(name: "interactiveMode", value: "IfAvailable"),
        ])
        for member in more.object?.members ?? [] { exec[member.name] = member.value }
        let plugin = try ExecPlugin(
            .object(exec), directory: folder.path, cluster: ["server": "https://10.0.0.1"], operation: "test")
        return (plugin, folder)
    }

    private static let answer = """
        {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"TOKEN","expirationTimestamp":"2026-11-22T10:00:00Z"}}
        """

    @Test func aPluginHandsOutATokenAndItsEnd() async throws {
        let (plugin, folder) = try plugin("printf '%s' '\(Self.answer)'")
        let credential = try await plugin.credential(within: .seconds(20), operation: "test")
        #expect(credential.token?.reveal() == "TOKEN")
        #expect(credential.until == Instant("2026-11-22T10:00:00Z"))
        withExtendedLifetime(folder) {}
    }

    @Test func aPluginSeesNothingOfOtherTargetsSecrets() async throws {
        setenv("CORP_PASSWORD", "canary-of-another-target", 1)
        let (plugin, folder) = try plugin(
            """
            [ -z "$CORP_PASSWORD" ] || exit 7
            [ "$OWN" = "a b;c" ] || exit 8
            [ "$1" = '$(id)' ] || exit 9
            case $KUBERNETES_EXEC_INFO in *'"server":"https://10.0.0.1"'*'"interactive":false'*) ;; *) exit 10;; esac
            printf '%s' '\(Self.answer)'
            """,
            [
                "args": ["$(id)"], "env": [["name": "OWN", "value": "a b;c"]], "provideClusterInfo": true,
            ])
        _ = try await plugin.credential(within: .seconds(20), operation: "test")
        withExtendedLifetime(folder) {}
    }

    @Test(arguments: [
        ("exit 3", "ended with 3"), ("echo no", "did not print"), ("echo canary-secret >&2; exit 1", "ended with 1"),
        ("head -c 3000000 /dev/zero", "more than 1 MiB"), ("sleep 60", "did not end"),
        ("sleep 60 & exit 0", "did not end"),
    ])
    func aPluginThatFailsIsNamedAndNothingItSaid(_ script: String, _ why: String) async throws {
        let (plugin, folder) = try plugin(script)
        do {
            _ = try await plugin.credential(within: .seconds(2), operation: "test")
            Issue.record("it did not fail")
        } catch {
            #expect("\(error)".contains(why), "\(error)")
            #expect(!"\(error)".contains("canary"))
        }
        withExtendedLifetime(folder) {}
    }

    @Test func pluginsThatAskAPersonAreRefused() {
        #expect(throws: ConnectorError.self) { try plugin("exit 0", ["interactiveMode": "Always"]) }
        #expect(throws: ConnectorError.self) {
            try plugin("exit 0", ["apiVersion": "client.authentication.k8s.io/v1alpha1"])
        }
    }
}
