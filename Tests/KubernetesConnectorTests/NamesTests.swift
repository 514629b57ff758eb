import AccessModel
import ConnectorKit
import StrictJSON
import Testing

@testable import KubernetesConnector

/// Names, places and settings, without a cluster.
@Suite struct NamesTests {
    private func name(_ group: String, _ role: Role, _ scope: String) throws -> BindingName {
        let scope = try #require(Coordinate(text: scope))
        return try #require(BindingName(group: group, purpose: .role(role, scope: scope)))
    }

    @Test(arguments: ["ecommerce/live/*/payments", "*/_/eu01/*", "a/b/c/d"])
    func aBindingsNameSaysWhatItIsFor(_ scope: String) throws {
        let name = try name("payments-live-readers", .reader, scope)
        #expect(BindingName(name.description) == name)
    }

    @Test func namesAreAsDocumented() throws {
        #expect(
            try name("payments-live-readers", .reader, "ecommerce/live/*/payments").description
                == "tenure:payments-live-readers:reader:ecommerce.live.-.payments")
    }

    @Test(arguments: [
        "tenure:", "tenure:a:b:c", "tenure:a:reader:x.y.z", "other:a:reader:a.b.c.d", "tenure:a:reader:a.b.c.d:e",
    ])
    func otherNamesAreNotOurs(_ text: String) { #expect(BindingName(text) == nil) }

    @Test(arguments: ["a/b", "a%b", "a:b", "", "a b", "\u{e9}"])
    func groupsThatNoNameCanHoldAreRefused(_ group: String) {
        #expect(BindingName(group: group, purpose: .trust("0")) == nil)
    }

    @Test func subjectsAreNamedAsTheClusterWantsThem() {
        let map = ["a-live-readers": "8f7e-id"]
        #expect(SubjectNaming(style: .oidc, prefix: "oidc:").subject(for: "x")?.name == "oidc:x")
        #expect(SubjectNaming(style: .gke, domain: "mountainlab.io").subject(for: "x")?.name == "x@mountainlab.io")
        #expect(SubjectNaming(style: .aks, names: map).subject(for: "a-live-readers")?.name == "8f7e-id")
        #expect(SubjectNaming(style: .aks, names: map).subject(for: "x") == nil)
        #expect(SubjectNaming(style: .oidc, prefix: "oidc:").slug(of: RBACSubject(.group, "oidc:x")) == "x")
        #expect(SubjectNaming(style: .gke, domain: "m.io").slug(of: RBACSubject(.group, "x@other.io")) == nil)
    }

    @Test(arguments: ["user:alice", "group:a:b", "serviceaccount:ci/runner"])
    func subjectsAreReadAsTheyAreWritten(_ text: String) throws {
        #expect(try #require(RBACSubject(described: text)).description == text)
    }

    // MARK: Namespaces

    private func namespace(_ name: String, _ labels: [String: String] = [:]) throws -> Namespace {
        let value: JSONValue = [
            "metadata": [
                "name": .string(name), "uid": "1", "resourceVersion": "1", "labels": .texts(labels),
            ]
        ]
        return try #require(Namespace(value))
    }

    private func rules(_ template: String? = nil, assumed: [NamespaceRules.Dimension: Slug] = [:]) throws
        -> NamespaceRules
    {
        NamespaceRules(
            template: try template.map { try #require(NamespaceTemplate($0)) }, labels: NamespaceRules.standardLabels,
            assumed: assumed)
    }

    @Test func aNamespaceIsNobodysUnlessItSaysSo() throws {
        let rules = try rules("{tenant}-{tier}")
        let home = try #require(Coordinate(text: "shop/live/*/payments"))
        let all = try #require(Coordinate(text: "shop/live/*/*"))
        #expect(rules.holds(try namespace("payments-live"), in: home))
        #expect(!rules.holds(try namespace("payments-live", ["tenure.io/tenant": "search"]), in: home))
        #expect(!rules.holds(try namespace("payments-live", ["tenure.io/sector": "bank"]), in: home))
        #expect(!rules.holds(try namespace("kube-system"), in: home))
        #expect(!rules.holds(try namespace("kube-live"), in: all), "no wildcard over names")
        let labelled = ["tenure.io/tenant": "search", "tenure.io/tier": "live"]
        #expect(!rules.holds(try namespace("x", labelled), in: all), "its sector is not known")
        let whole = labelled.merging(["tenure.io/sector": "shop"]) { $1 }
        #expect(rules.holds(try namespace("x", whole), in: all))
        let assuming = try self.rules(nil, assumed: [.sector: try #require(Slug("shop"))])
        #expect(assuming.holds(try namespace("x", labelled), in: all))
        #expect(!assuming.holds(try namespace("x"), in: all))
    }

    @Test func selectorsNeverExcludeWhatIsMeant() throws {
        let home = try #require(Coordinate(text: "shop/live/*/payments"))
        #expect(try rules().selector(for: home) == "tenure.io/tenant=payments,tenure.io/tier=live")
        #expect(
            try rules(assumed: [.tier: try #require(Slug("live"))]).selector(for: home) == "tenure.io/tenant=payments")
        let all = try #require(Coordinate(text: "shop/live/*/*"))
        #expect(try rules().selector(for: all) == "tenure.io/tenant,tenure.io/tier=live")
    }

    // MARK: Settings

    @Test(arguments: [
        (#"{}"#, "exactly one"), (#"{"kubeconfig":"a","url":"https://b"}"#, "exactly one"),
        (#"{"kubeconfig":"a","namespace":"{team}"}"#, "namespace"),
        (#"{"kubeconfig":"a","namespace":"fixed"}"#, "namespace"),
        (#"{"kubeconfig":"a","create_namespaces":true}"#, "create_namespaces"),
        (#"{"kubeconfig":"a","subjects":{"style":"gke"}}"#, "domain"),
        (#"{"kubeconfig":"a","subjects":{"prefix":"system:"}}"#, "system:"),
        (#"{"kubeconfig":"a","subjects":{"map":{"x":"System:masters"}}}"#, "system:"),
        (#"{"kubeconfig":"a","subjects":{"map":{"x":"y","z":"y"}}}"#, "two groups"),
        (#"{"kubeconfig":"a","subjects":{"stile":"oidc"}}"#, "stile"),
        (#"{"kubeconfig":"a","cluster_roles":{"admin":"cluster-admin"}}"#, "cluster-admin"),
        (#"{"kubeconfig":"a","cluster_roles":{"root":"x"}}"#, "no role"),
        (#"{"kubeconfig":"a","probes":{"reader":"look"}}"#, "verb"),
        (#"{"kubeconfig":"a","ca_sha256":["12"]}"#, "hexadecimal"), (#"{"url":"http://far.example"}"#, "https"),
        (#"{"kubeconfig":"a","operator_annotations":{"tenure.io/x":"y"}}"#, "Tenure's own"),
    ])
    func settingsThatAreNotRightAreRefused(_ json: String, _ word: String) throws {
        let configuration = try kubernetesConfiguration(
            JSONParser.parse(json), credential: SecretText("canary-token"))
        do {
            _ = try KubernetesCluster(configuration)
            Issue.record("not refused: \(json)")
        } catch {
            #expect("\(error)".contains(word), "\(json): \(error)")
        }
        let problems = ConnectorFactory.kubernetes.settings.problems(in: configuration)
        #expect(!problems.isEmpty, "\(json)")
    }

    @Test func settingsAreReadWithoutAFileOrAServer() throws {
        let json = """
            {"kubeconfig": "nowhere", "namespace": "{tenant}-{tier}", "namespace_labels": {"tenant": "team"},
             "subjects": {"style": "gke", "domain": "m.io", "map": {"a": "b@m.io"}}, "cluster_wide": [],
             "cluster_roles": {"reader": "my-view"}, "probes": {"reader": "list widgets.example.org"}}
            """
        _ = try KubernetesCluster(kubernetesConfiguration(JSONParser.parse(json)))
    }
}
