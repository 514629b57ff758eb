import AccessModel
import ConnectorKit
import Foundation
import KubernetesConnector
import StrictJSON
import TestSupport
import Testing

/// On a real API server; the end state is what its own access reviews say, asked with curl.
@Suite struct KubernetesClusterTests {
    @Test func conforms() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        let world = try KubernetesWorld(cluster)
        defer { world.stop() }
        let report = try await ConnectorConformance.run(makeConnector: { try KubernetesCluster($0) }, world: world)
        #expect(report.failures == [])
        #expect(report.checks.count >= 14, "\(report)")
    }

    @Test func checkSaysWhatIsThereAndWhatIsNotAllowed() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        let connector = try cluster.connector()
        #expect(try await connector.check().description.hasPrefix("Kubernetes v1."))
        await connector.close()
        try cluster.admin.require(
            "POST", "/api/v1/namespaces/\(cluster.tag)-home/serviceaccounts",
            ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": "nobody"]])
        let nobody = try cluster.connector(
            user: ["token": .string(try cluster.admin.makeToken(of: "nobody", in: "\(cluster.tag)-home"))])
        let error = await #expect(throws: ConnectorError.self) { try await nobody.check() }
        #expect(error?.code == .forbidden)
        #expect(error?.message.contains("cannot list resource") == true, "\(String(describing: error))")
        await nobody.close()
    }

    // MARK: Given and taken

    @Test(arguments: [
        (Role.reader, "get", "pods", ""), (.contributor, "create", "deployments", "apps"),
        (.admin, "create", "rolebindings", "rbac.authorization.k8s.io"),
    ])
    func aRoleGivenIsAYesAndARoleTakenIsANo(
        _ role: Role, _ verb: String, _ resource: String, _ group: String
    ) async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        let connector = try cluster.connector()
        let fact = cluster.assignment(role)
        func isAllowed(_ expected: Bool) throws -> Bool {
            try cluster.admin.allows(
                verb, resource, group: group, in: cluster.namespace(), member: cluster.slug(role), expecting: expected)
        }
        #expect(try isAllowed(false) == false)
        let given = try await connector.add(fact)
        #expect(given.effect == .applied)
        #expect(given.note.contains("the API server says yes"), "\(given.note)")
        #expect(try isAllowed(true))
        #expect(
            try cluster.admin.allows(
                verb, resource, group: group, in: "\(cluster.tag)-home", member: cluster.slug(role), expecting: false)
                == false, "beyond its namespace")
        #expect(try await connector.observe(groups: [cluster.slug(role)]).facts == [fact])

        let taken = try await connector.remove(fact)
        #expect(taken.effect == .applied)
        #expect(taken.note.contains("the API server says no"), "\(taken.note)")
        #expect(try isAllowed(false) == false)
        #expect(try await connector.observe(groups: [cluster.slug(role)]).facts.isEmpty)
        await connector.close()
    }

    @Test func theObjectsAreAsTheReadmeSays() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        let connector = try cluster.connector(["subjects": ["prefix": "oidc:"]])
        try await connector.add(cluster.assignment())
        let binding = try #require(try cluster.admin.binding(cluster.bindingName(), in: cluster.namespace()))
        #expect(binding["roleRef"]?["name"] == "view")
        #expect(binding["subjects"]?.array?.map { $0["name"] } == [.string("oidc:" + cluster.slug())])
        let labels = binding["metadata"]?["labels"]
        #expect(labels?["app.kubernetes.io/managed-by"] == "tenure")
        #expect(labels?["tenure.io/organization"]?.string == cluster.tag)
        #expect(labels?["tenure.io/group"]?.string == cluster.slug())
        #expect(binding["metadata"]?["annotations"]?["tenure.io/notation"]?.string == "\(cluster.tag)/live/reader")
        #expect(binding["metadata"]?["annotations"]?["tenure.io/scope"]?.string == cluster.scope())
        let manager = binding["metadata"]?["managedFields"]?.array?.first
        #expect(manager?["manager"] == "tenure")
        #expect(manager?["operation"] == "Apply")
        await connector.close()
    }

    @Test func thePlatformHoldsItsRolesInTheWholeCluster() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        let connector = try cluster.connector(["cluster_wide": [.string(cluster.tag)]])
        let fact = cluster.assignment()
        try await connector.add(fact)
        for namespace in ["kube-system", nil] {
            #expect(
                try cluster.admin.allows("get", "pods", in: namespace, member: cluster.slug(), expecting: true))
        }
        #expect(try await connector.observe(groups: [cluster.slug()]).facts == [fact])
        try await connector.remove(fact)
        #expect(
            try cluster.admin.allows("get", "pods", in: "kube-system", member: cluster.slug(), expecting: false)
                == false)
        #expect(try !cluster.admin.hasBinding(cluster.bindingName(), in: nil))
        await connector.close()
    }

    @Test func anOperatorsAccountCarriesTheTrustAndItsTokenWorks() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        let connector = try cluster.connector([
            "operator_annotations": ["eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/{tenant}-{tier}"]
        ])
        let (first, second) = (cluster.trust(), cluster.trust("repo:mountainlab/payments:ref:refs/heads/main"))
        try await connector.add(first)
        try await connector.add(second)
        let path = "/api/v1/namespaces/\(cluster.namespace())/serviceaccounts"
        let accounts = try cluster.admin.require("GET", path)["items"]?.array?.filter {
            $0["metadata"]?["labels"]?["tenure.io/group"]?.string == cluster.slug(.operator)
        }
        #expect(accounts?.count == 2)
        let account = try #require(
            accounts?.first {
                $0["metadata"]?["annotations"]?["tenure.io/subject"]
                    == "repo:mountainlab/payments:environment:live"
            })
        #expect(
            account["metadata"]?["annotations"]?["eks.amazonaws.com/role-arn"]?.string
                == "arn:aws:iam::123456789012:role/\(cluster.tag)-live")
        let name = try #require(account["metadata"]?["name"]?.string)
        let token = try cluster.admin.makeToken(of: name, in: cluster.namespace())
        let secrets = "/api/v1/namespaces/\(cluster.namespace())/configmaps"
        let map: JSONValue = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "made-by-the-operator"]]
        #expect(try cluster.admin.request("POST", secrets, map, as: token).status == 201)
        #expect(try Set(await connector.observe(groups: [cluster.slug(.operator)]).facts) == [first, second])

        try await connector.remove(first)
        // The server remembers for some seconds whom it has let in; what they may do it looks up each time.
        #expect(try cluster.admin.request("GET", secrets, as: token).status != 200, "it may do something still")
        let isRefused = try await eventually { try cluster.admin.request("GET", secrets, as: token).status == 401 }
        #expect(isRefused, "its token lives on")
        #expect(try await connector.observe(groups: [cluster.slug(.operator)]).facts == [second])
        await connector.close()
    }

    // MARK: Namespaces

    @Test func aMissingNamespaceIsADependencyOrIsMade() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        let connector = try cluster.connector()
        let error = await #expect(throws: ConnectorError.self) { try await connector.add(cluster.assignment()) }
        #expect(error?.code == .missingDependency)
        #expect(error?.message.contains("`\(cluster.namespace())`") == true)
        await connector.close()

        try cluster.admin.require(
            "PATCH", KubernetesAdmin.rbac + "/clusterroles/\(cluster.tag)-connector",
            [
                ["op": "add", "path": "/rules/0/verbs/-", "value": "create"],
                ["op": "add", "path": "/rules/0/verbs/-", "value": "patch"],
            ],
            type: "application/json-patch+json")
        let maker = try cluster.connector(["create_namespaces": true])
        // The server learns of the changed role by a watch.
        let isMade = try await eventually {
            do {
                return try await maker.add(cluster.assignment()).effect == .applied
            } catch let error as ConnectorError where error.code == .forbidden {
                return false
            }
        }
        #expect(isMade)
        let made = try cluster.admin.require("GET", "/api/v1/namespaces/\(cluster.namespace())")
        #expect(made["metadata"]?["labels"]?["tenure.io/tenant"]?.string == cluster.tag)
        #expect(made["metadata"]?["labels"]?["tenure.io/tier"] == "live")
        #expect(
            try cluster.admin.allows("get", "pods", in: cluster.namespace(), member: cluster.slug(), expecting: true))
        await maker.close()
    }

    @Test func aRoleHoldsOnlyWhereEveryNamespaceHasIt() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        let connector = try cluster.connector()
        let fact = cluster.assignment()
        try await connector.add(fact)
        let labels = ["tenure.io/tenant": cluster.tag, "tenure.io/tier": "live"]
        try cluster.admin.makeNamespace("\(cluster.tag)-more", labels: labels)
        for seen in [try await connector.observe(.everything), try await connector.observe(groups: [cluster.slug()])] {
            #expect(!seen.facts.contains(fact))
            #expect(seen.remnants == [fact])
        }
        try await connector.add(fact)
        #expect(try await connector.observe(groups: [cluster.slug()]).facts == [fact])
        try await connector.remove(fact)
        for namespace in [cluster.namespace(), "\(cluster.tag)-more"] {
            #expect(
                try cluster.admin.allows("get", "pods", in: namespace, member: cluster.slug(), expecting: false)
                    == false)
        }
        await connector.close()
    }

    @Test func aReadOfAnotherSectorHoldsInLabelledNamespacesAlone() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        try cluster.admin.makeNamespace("\(cluster.tag)-other")
        let connector = try cluster.connector([
            "namespace_labels": ["sector": .string("\(cluster.tag)/sector")]
        ])
        try cluster.admin.makeNamespace(
            "\(cluster.tag)-mine",
            labels: [
                "tenure.io/tenant": "any", "tenure.io/tier": "live", "\(cluster.tag)/sector": "shop",
            ])
        let read = Fact.roleAssignment(
            RoleAssignment(group: "\(cluster.tag)-platform", notation: nil, role: "reader", scope: "shop/live/*/*"))
        try await connector.add(read)
        for (namespace, expected) in [
            ("\(cluster.tag)-mine", true), ("\(cluster.tag)-other", false), ("kube-system", false),
        ] {
            #expect(
                try cluster.admin.allows(
                    "get", "pods", in: namespace, member: "\(cluster.tag)-platform", expecting: expected) == expected)
        }
        try await connector.remove(read)
        await connector.close()
    }
}

/// Whether it comes to be so within half a minute.
func eventually(_ isSo: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<300 {
        if try await isSo() { return true }
        try await Task.sleep(for: .milliseconds(100))
    }
    return false
}
