import Foundation
import StrictJSON
import TestSupport
import Testing

/// A cluster that is kept from a repository, through the real command: a real git, a real API server, a double of the forge.
@Suite(.serialized) struct GitOpsStoryTests {
    @Test(
        "a case is provisioned when the merged request has reached the cluster, and not before",
        .timeLimit(.minutes(10)))
    func story() async throws {
        guard try TestSystems.require("git", for: #function) != nil, let server = try KubernetesServer.start() else {
            return
        }
        defer { server.stop() }
        let forge = try ForgeDouble()
        var office = try await Rehearsal.applied()
        try office.connect(server, forge)
        let secrets = ["FORGE_TOKEN": ForgeDouble.token]
        let keeper = ClusterKeeper(
            admin: server.cluster, repository: forge.repository, path: "clusters/live", organization: "mountainlab")
        func mayRead(_ expected: Bool) throws -> Bool {
            try server.cluster.allows(
                "get", "pods", in: "payments-live", member: "payments-live-readers", expecting: expected)
        }

        office.clock = "2026-11-21T09:00:00Z"
        let proposed = try await office.run(["apply", "mountainlab", "--yes"], environment: secrets)
        #expect(forge.open.count == 1, "\(proposed)")
        #expect(proposed.everything.contains("request 1"), "\(proposed)")
        #expect(try mayRead(false) == false)
        #expect(try await waiting(office, secrets) == 1)

        try forge.merge(1)
        office.clock = "2026-11-21T09:10:00Z"
        let merged = try await office.run(["reconcile"], environment: secrets)
        #expect(try mayRead(false) == false)
        #expect(merged.everything.contains("the cluster to be brought up"), "\(merged)")

        #expect(try await waiting(office, secrets) == 1)
        try keeper.reconcile()
        office.clock = "2026-11-21T09:20:00Z"
        try await office.expect(0, "reconcile", environment: secrets)
        #expect(try mayRead(true))
        try await office.expect(0, "plan", "mountainlab", "--detailed-exitcode", environment: secrets)
        #expect(try await waiting(office, secrets) == 0)
        #expect(forge.all.count == 1, "one request for all of it")
        try await office.expectGenuineLog()
    }

    /// Cases that are agreed to and not provisioned.
    private func waiting(_ office: Rehearsal, _ secrets: [String: String]) async throws -> Int {
        let list = try await office.run(["case", "list", "-o", "json"], environment: secrets)
        return (try JSONParser.parse(list.output).array ?? []).count { $0["state"]?.string == "approved" }
    }
}

extension Rehearsal {
    /// A cluster beside the two directories, kept from the forge's repository.
    fileprivate func connect(_ server: KubernetesServer, _ forge: ForgeDouble) throws {
        let role = try ConnectorReadme.block(of: "Kubernetes", in: "yaml", holding: "kind: ClusterRole")
        let answer = try server.cluster.apply(
            KubernetesAdmin.rbac + "/clusterroles/tenure-connector", role, manager: "set-up")
        #expect(answer.status < 300, "\(answer.body.compactText)")
        try server.cluster.makeNamespace("tenure")
        for tenant in ["payments", "storefront", "catalog"] {
            try server.cluster.makeNamespace(
                "\(tenant)-live",
                labels: ["tenure.io/tenant": tenant, "tenure.io/tier": "live", "tenure.io/sector": "ecommerce"])
        }
        let token = try server.cluster.makeConnector(
            named: "connector", in: "tenure", clusterRole: "tenure-connector")
        try write("mountainlab/cluster.kubeconfig", server.cluster.kubeconfig(user: ["token": .string(token)]))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: path("mountainlab/cluster.kubeconfig"))
        try edit("mountainlab/targets.yaml") {
            $0 + """
                  - name: cluster
                    connector: kubernetes
                    covers: {sector: ecommerce, tier: live}
                    settings:
                      kubeconfig: cluster.kubeconfig
                      gitops:
                        repository: "\(forge.repository.url)"
                        path: clusters/live
                        forge: {kind: github, url: "\(forge.url)", project: mountainlab/clusters, token: "env:FORGE_TOKEN"}
                    limits: {requests_per_second: 1000, concurrency: 64}

                """
        }
    }
}
