import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import KubernetesConnector

@Suite struct ManifestTests {
    private let marks = OwnerMarks(organization: "mountainlab")

    private func binding(_ name: String, in namespace: String?, group: String = "payments-live-readers") throws
        -> Manifest
    {
        let place = namespace.map { BindingPlace.namespace($0) } ?? .cluster
        return try #require(
            Manifest(
                WantedBinding.manifest(
                    name, in: place, role: .clusterRole("view"), subjects: [RBACSubject(.group, "oidc:" + group)],
                    labels: marks.labels(of: group), annotations: ["tenure.io/scope": "ecommerce/live/*/payments"],
                    resourceVersion: nil)))
    }

    @Test func theSameStateIsTheSameBytes() throws {
        var (one, other) = (ManifestSet([:], marks), ManifestSet([:], marks))
        let manifests = try ["b", "a", "c"].map { try binding("tenure:\($0)", in: "payments-live") }
        for manifest in manifests { one.put(manifest) }
        for manifest in manifests.reversed() { other.put(manifest) }
        other.put(try binding("tenure:z", in: "payments-live"))
        other.remove(try binding("tenure:z", in: "payments-live").key)
        #expect(one.contents == other.contents)
        // Read and written again it is the same, also where a part was changed and changed back.
        var again = ManifestSet(one.contents, marks)
        #expect(again.contents == one.contents)
        again.remove(manifests[0].key)
        again.put(manifests[0])
        #expect(again.contents == one.contents)
        #expect(again.difference(from: one).isEmpty)
    }

    @Test func isWrittenSo() throws {
        var set = ManifestSet([:], marks)
        set.put(try binding("tenure:payments-live-readers:reader:ecommerce.live.-.payments", in: "payments-live"))
        set.put(try binding("tenure:platform", in: nil))
        #expect(set.contents.keys.sorted() == ["_cluster.yaml", "payments-live.yaml"])
        #expect(
            String(decoding: set.contents["payments-live.yaml"] ?? [], as: UTF8.self)
                == """
                # Written by Tenure. What is changed here by hand is proposed to be changed back.
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata:
                  name: "tenure:payments-live-readers:reader:ecommerce.live.-.payments"
                  namespace: payments-live
                  annotations:
                    tenure.io/scope: "ecommerce/live/*/payments"
                  labels:
                    app.kubernetes.io/managed-by: tenure
                    tenure.io/group: payments-live-readers
                    tenure.io/organization: mountainlab
                roleRef:
                  kind: ClusterRole
                  name: view
                  apiGroup: rbac.authorization.k8s.io
                subjects:
                - kind: Group
                  name: "oidc:payments-live-readers"
                  apiGroup: rbac.authorization.k8s.io

                """)
    }

    @Test(arguments: [
        "true", "no", "null", "12", "1e3", "", " a", "a: b", "- a", "é", "a#b", "\"q\"", "line\nfeed", "plain-text/1.2",
        "=", "~",
    ])
    func textsStayTexts(_ text: String) throws {
        let object: JSONValue = ["kind": "K", "metadata": ["name": .string(text), "x": [.string(text)]]]
        #expect(try KubeconfigYAML.parse(Array(CanonicalYAML.text(object).utf8)) == object)
    }

    @Test func whatIsSomebodyElsesStays() throws {
        let text = "# ours?\n---\nkind: ConfigMap\nmetadata:\n  name: a # why\n---\n{{ template }}\n---\n# nothing\n"
        var set = ManifestSet(["payments-live.yaml": Array(text.utf8)], marks)
        #expect(set.manifests.isEmpty && set.problems.isEmpty)
        #expect(set.contents["payments-live.yaml"] == Array(text.utf8))
        set.put(try binding("tenure:a", in: "payments-live"))
        let after = String(decoding: set.contents["payments-live.yaml"] ?? [], as: UTF8.self)
        #expect(after.contains("---\nkind: ConfigMap\nmetadata:\n  name: a # why\n"))
        #expect(after.contains("---\n{{ template }}\n"))
        set.remove(try binding("tenure:a", in: "payments-live").key)
        #expect(set.contents["payments-live.yaml"] != nil)
    }

    @Test func aFileThatCannotBeReadHoldsUpOnlyItsOwnChanges() throws {
        let broken = "---\nmetadata: {labels: {tenure.io/organization: mountainlab}\nkind: [\n"
        var set = ManifestSet(["payments-live.yaml": Array(broken.utf8)], marks)
        #expect(set.problems.count == 1 && set.problems[0].hasPrefix("payments-live.yaml:"))
        let here = ManifestEdit(puts: [try binding("tenure:a", in: "payments-live")])
        #expect(throws: ConnectorError.self) { try here.apply(to: &set, operation: "add") }
        let elsewhere = ManifestEdit(puts: [try binding("tenure:a", in: "payments-sandbox")])
        try elsewhere.apply(to: &set, operation: "add")
        #expect(set.contents["payments-live.yaml"] == Array(broken.utf8))
    }

    @Test func aMovedObjectIsStillFound() throws {
        let manifest = try binding("tenure:a", in: "payments-live")
        let text = "---\n" + CanonicalYAML.text(manifest.object)
        var set = ManifestSet(["all/rest.yaml": Array(text.utf8)], marks)
        #expect(set.manifests == [manifest])
        set.remove(manifest.key)
        #expect(set.contents.isEmpty)
    }

    // MARK: Settings

    private func problem(_ gitops: JSONValue) -> String? {
        do {
            let configuration = try kubernetesConfiguration(["kubeconfig": "k", "gitops": gitops])
            _ = try KubernetesSettings(configuration)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private static let forge: JSONValue = ["token": "env:T"]

    @Test func settingsAreRead() throws {
        #expect(problem(["repository": "https://github.com/mountainlab/clusters.git", "forge": Self.forge]) == nil)
        let configuration = try kubernetesConfiguration(
            [
                "kubeconfig": "k",
                "gitops": [
                    "repository": "https://gitlab.com/a/b/c.git", "forge": ["kind": "gitlab", "token": "env:T"],
                ],
            ])
        let settings = try #require(try KubernetesSettings(configuration).gitops)
        #expect(settings.forge.place.project == "a/b/c" && settings.forge.place.url == "https://gitlab.com/api/v4")
        #expect(settings.branch == "tenure/shop-live" && settings.path == "tenure/shop-live" && settings.base == "main")
    }

    struct Wrong: Sendable {
        let settings: JSONValue
        let message: String

        init(_ message: String, _ settings: JSONValue) {
            self.settings = settings
            self.message = message
        }
    }

    private static let wrong: [Wrong] = [
        Wrong("`repository` is not usable", ["repository": "git@github.com:a/b.git", "forge": forge]),
        Wrong("plain `http`", ["repository": "http://github.com/a/b.git", "forge": forge]),
        Wrong("holds a user", ["repository": "https://u:p@github.com/a/b.git", "forge": forge]),
        Wrong("`forge` is missing", ["repository": "https://github.com/a/b.git"]),
        Wrong("not a reference", ["repository": "https://github.com/a/b.git", "forge": ["token": "ghp_0123"]]),
        Wrong("`path` is a folder", ["repository": "https://github.com/a/b.git", "path": "../etc", "forge": forge]),
        Wrong(
            "`branch` is no branch", ["repository": "https://github.com/a/b.git", "branch": "--force", "forge": forge]),
        Wrong("to be merged into", ["repository": "https://github.com/a/b.git", "branch": "main", "forge": forge]),
        Wrong("Name <address>", ["repository": "https://github.com/a/b.git", "author": "Tenure", "forge": forge]),
        Wrong("did you mean `branch`", ["repository": "https://github.com/a/b.git", "brnach": "x", "forge": forge]),
        Wrong("`project` is the repository's name", ["repository": "file:///srv/a.git", "forge": forge]),
    ]

    @Test(arguments: wrong)
    func wrongSettingsAreNamed(_ wrong: Wrong) {
        let found = problem(wrong.settings)
        #expect(found?.contains(wrong.message) == true, "\(found ?? "nil")")
    }
}
