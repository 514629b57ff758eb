import AccessModel
import ConnectorKit
import Foundation
import KubernetesConnector
import StrictJSON
import Synchronization
import TestSupport
import Testing

/// What others change behind Tenure's back, on a real API server.
@Suite struct KubernetesDriftTests {
    /// The runner of a sandbox in a live binding: the book's opening incident.
    @Test func aRunnerThatWasPutIntoALiveBindingIsSeenAndTakenOut() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        let connector = try cluster.connector()
        let fact = cluster.assignment(.contributor)
        try await connector.add(fact)
        let runner = "\(cluster.tag)-sandbox-operator"
        let name = cluster.bindingName(.contributor)
        try cluster.admin.patchBinding(
            name, in: cluster.namespace(),
            [
                "subjects": [
                    KubernetesAdmin.subject("Group/" + cluster.slug(.contributor)),
                    KubernetesAdmin.subject("Group/\(runner)"),
                    KubernetesAdmin.subject("ServiceAccount/ci/runner"),
                ]
            ])
        func runnerMay(_ expected: Bool) throws -> Bool {
            try cluster.admin.allows(
                "create", "deployments", group: "apps", in: cluster.namespace(), member: runner, expecting: expected)
        }
        #expect(try runnerMay(true))
        let seen = try await connector.observe(.everything)
        let strangers = seen.facts.filter { $0.groupSlug?.hasPrefix("foreign:") ?? false }
        #expect(
            strangers.map(\.groupSlug).sorted { $0 ?? "" < $1 ?? "" }
                == ["foreign:group:\(runner)", "foreign:serviceaccount:ci/runner"])
        #expect(seen.facts.contains(fact), "who belongs there keeps it")
        let stranger = try #require(strangers.first { $0.groupSlug == "foreign:group:\(runner)" })
        #expect(stranger.notation == Group("\(cluster.tag)/live/contributor"), "how bad it is goes by the binding")
        #expect(seen.findings.contains { $0.contains(runner) && $0.contains("by hand") })

        let taken = try await connector.remove(stranger)
        #expect(taken.effect == .applied)
        #expect(try runnerMay(false) == false)
        let after = try await connector.observe(groups: [stranger.groupSlug ?? "", fact.groupSlug ?? ""])
        #expect(after.facts == [fact])
        let rest = try cluster.admin.binding(name, in: cluster.namespace())?["subjects"]?.array?.count
        #expect(rest == 2, "the other one is a change of its own")
        #expect(try await connector.remove(stranger).effect == .alreadyHeld)
        await connector.close()
    }

    @Test func aBindingCopiedElsewhereIsTakenAway() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        let connector = try cluster.connector()
        try await connector.add(cluster.assignment())
        var copy = try #require(try cluster.admin.binding(cluster.bindingName(), in: cluster.namespace())?.object)
        copy["metadata"] = [
            "name": .string(cluster.bindingName()), "labels": copy["metadata"]?["labels"] ?? .null,
            "annotations": copy["metadata"]?["annotations"] ?? .null,
        ]
        try cluster.admin.require(
            "POST", KubernetesAdmin.rbac + "/namespaces/\(cluster.tag)-home/rolebindings", .object(copy))
        let seen = try await connector.observe(.everything)
        let stray = try #require(seen.facts.first { $0.groupSlug?.hasPrefix("foreign:binding:") ?? false })
        try await connector.remove(stray)
        #expect(try !cluster.admin.hasBinding(cluster.bindingName(), in: "\(cluster.tag)-home"))
        #expect(try cluster.admin.hasBinding(cluster.bindingName(), in: cluster.namespace()))
        await connector.close()
    }

    @Test func whatWasAlteredHoldsInPartAndIsMadeWhole() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        let connector = try cluster.connector()
        let fact = cluster.assignment()
        let patches: [JSONValue] = [
            ["subjects": []], ["metadata": ["labels": ["tenure.io/group": "other"]]],
            ["metadata": ["labels": .null]],
        ]
        for patch in patches {
            try await connector.add(fact)
            try cluster.admin.patchBinding(cluster.bindingName(), in: cluster.namespace(), patch)
            let seen = try await connector.observe(.everything)
            #expect(!seen.facts.contains(fact), "\(patch)")
            #expect(seen.remnants.contains(fact), "\(patch)")
            #expect(try await connector.add(fact).effect == .applied)
            #expect(try await connector.observe(groups: [cluster.slug()]).facts == [fact])
        }
        // Nobody wants it any more, and its labels are off.
        try cluster.admin.patchBinding(
            cluster.bindingName(), in: cluster.namespace(), ["metadata": ["labels": .null]])
        #expect(try await connector.remove(fact).effect == .applied)
        #expect(try !cluster.admin.hasBinding(cluster.bindingName(), in: cluster.namespace()))
        await connector.close()
    }

    @Test func aRoleThatAllowsNothingIsNotHeld() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        try cluster.admin.require(
            "POST", KubernetesAdmin.rbac + "/clusterroles",
            ["metadata": ["name": .string("\(cluster.tag)-hollow")], "rules": []])
        try cluster.admin.require(
            "PATCH", KubernetesAdmin.rbac + "/clusterroles/\(cluster.tag)-connector",
            [["op": "add", "path": "/rules/4/resourceNames/-", "value": .string("\(cluster.tag)-hollow")]],
            type: "application/json-patch+json")
        let connector = try cluster.connector(["cluster_roles": ["reader": .string("\(cluster.tag)-hollow")]])
        let fact = cluster.assignment()
        #expect(try await connector.add(fact).note.contains("still says no"))
        let seen = try await connector.observe(groups: [cluster.slug()])
        #expect(seen.facts.isEmpty)
        #expect(seen.remnants == [fact])
        await connector.close()
    }

    @Test func whatElseAllowsItIsNamed() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        let connector = try cluster.connector()
        try await connector.add(cluster.assignment())
        try cluster.admin.bind(
            "debug", in: cluster.namespace(), clusterRole: "edit", to: "Group/" + cluster.slug())
        let taken = try await connector.remove(cluster.assignment())
        #expect(taken.note.contains("debug/\(cluster.namespace())"), "\(taken.note)")
        let findings = try await connector.observe(.everything).findings
        #expect(findings.contains { $0.contains("\(cluster.namespace())/debug") && $0.contains(cluster.slug()) })
        #expect(try cluster.admin.hasBinding("debug", in: cluster.namespace()), "it is not Tenure's to remove")
        await connector.close()
    }

    @Test func accessThatNobodyDefinedIsFound() async throws {
        guard let cluster = try KubernetesTestCluster.own() else { return }
        defer { cluster.server?.stop() }
        try cluster.makeNamespace()
        let admin = cluster.admin
        try admin.bind("alice", in: cluster.namespace(), clusterRole: "view", to: "User/alice@mountainlab.io")
        try admin.bind("ci", in: cluster.namespace(), clusterRole: "edit", to: "ServiceAccount/ci-sandbox/runner")
        try admin.bind(
            "app", in: cluster.namespace(), clusterRole: "view", to: "ServiceAccount/\(cluster.namespace())/app")
        try admin.bind("root", in: nil, clusterRole: "cluster-admin", to: "Group/devs")
        try admin.bind("ours", in: nil, clusterRole: "cluster-admin", to: "Group/platform-live-admins")
        try admin.require(
            "POST", KubernetesAdmin.rbac + "/clusterroles",
            [
                "metadata": ["name": "wild"],
                "rules": [["apiGroups": ["apps"], "resources": ["*"], "verbs": ["get"]]],
            ])
        try admin.bind("wild", in: nil, clusterRole: "wild", to: "Group/testers")
        let connector = try cluster.connector()
        let findings = try await connector.observe(.everything).findings
        func expectFinding(_ words: String...) {
            #expect(findings.contains { finding in words.allSatisfy(finding.contains) }, "\(words) in \(findings)")
        }
        expectFinding("\(cluster.namespace())/alice", "names the user:alice@mountainlab.io directly")
        expectFinding("\(cluster.namespace())/ci", "not Tenure's", "serviceaccount:ci-sandbox/runner")
        expectFinding("`root`", "cluster-admin to group:devs")
        expectFinding("`wild`", "wildcards")
        expectFinding("namespace `\(cluster.namespace())`", "holds no binding of Tenure's")
        #expect(!findings.contains { $0.contains("/app`") }, "an application's own account")
        #expect(!findings.contains { $0.contains("cluster-admin to group:platform") })
        #expect(!findings.contains { $0.contains("system:") }, "\(findings)")
        await connector.close()
    }

    // MARK: Others who write

    @Test func aNameThatIsTakenIsAConflictWithItsField() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        try cluster.admin.bind(cluster.bindingName(), in: cluster.namespace(), clusterRole: "view", to: "Group/others")
        let connector = try cluster.connector()
        let error = await #expect(throws: ConnectorError.self) { try await connector.add(cluster.assignment()) }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains(".subjects") == true, "\(String(describing: error))")
        let refused = await #expect(throws: ConnectorError.self) { try await connector.remove(cluster.assignment()) }
        #expect(refused?.code == .conflict)
        #expect(
            try cluster.admin.binding(cluster.bindingName(), in: cluster.namespace())?["subjects"]?.array?.first?[
                "name"]
                == "others")
        await connector.close()
    }

    @Test func anotherManagersFieldsOnOursAreTakenBack() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        let connector = try cluster.connector()
        try await connector.add(cluster.assignment())
        try cluster.admin.patchBinding(
            cluster.bindingName(), in: cluster.namespace(),
            ["subjects": [KubernetesAdmin.subject("Group/others")]], manager: "another-controller")
        try await connector.add(cluster.assignment())
        let subjects = try cluster.admin.binding(cluster.bindingName(), in: cluster.namespace())?["subjects"]?.array
        #expect(subjects?.map { $0["name"] } == [.string(cluster.slug())])
        await connector.close()
    }

    @Test func anotherRoleMeansAnotherBinding() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        let before = try cluster.connector()
        try await before.add(cluster.assignment())
        await before.close()
        let connector = try cluster.connector(["cluster_roles": ["reader": "edit"]])
        #expect(try await connector.observe(groups: [cluster.slug()]).remnants == [cluster.assignment()])
        try await connector.add(cluster.assignment())
        #expect(
            try cluster.admin.binding(cluster.bindingName(), in: cluster.namespace())?["roleRef"]?["name"] == "edit")
        #expect(
            try cluster.admin.allows(
                "create", "deployments", group: "apps", in: cluster.namespace(), member: cluster.slug(), expecting: true
            ))
        await connector.close()
    }

    @Test func withoutTheBindVerbNothingIsGiven() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        try cluster.admin.require(
            "PATCH", KubernetesAdmin.rbac + "/clusterroles/\(cluster.tag)-connector",
            [["op": "remove", "path": "/rules/4"]], type: "application/json-patch+json")
        let connector = try cluster.connector()
        let error = await #expect(throws: ConnectorError.self) {
            // The server learns of the changed role by a watch.
            for _ in 0..<50 {
                try await connector.add(cluster.assignment())
                try await connector.remove(cluster.assignment())
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        #expect(error?.code == .forbidden)
        #expect(error?.message.contains("is forbidden: user") == true, "\(String(describing: error))")
        await connector.close()
    }

    // MARK: Seen in seconds

    @Test func changesAreHeardOf() async throws {
        guard let cluster = try KubernetesTestCluster.shared() else { return }
        try cluster.makeNamespace()
        let connector = try cluster.connector()
        try await connector.add(cluster.assignment())
        let wakes = Mutex(0)
        let feed = Task { try await connector.changes { wakes.withLock { $0 += 1 } } }
        // Nobody says when the watch has begun: change something until it is heard of.
        var heard = false
        for round in 0..<200 where !heard {
            try cluster.admin.patchBinding(
                cluster.bindingName(), in: cluster.namespace(),
                ["metadata": ["annotations": ["round": .string("\(round)")]]])
            try await Task.sleep(for: .milliseconds(100))
            heard = wakes.withLock { $0 } > 0
        }
        #expect(heard)
        feed.cancel()
        _ = await feed.result
        await connector.close()
    }
}
