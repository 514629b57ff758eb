import AccessModel
import Definitions
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SignIn

/// A real cluster's tokens of service accounts.
@Suite("A runner in a real cluster")
struct KubernetesRunnerTests {
    private static let audience = "https://tenure.example.com"

    private func account(_ name: String, _ cluster: KubernetesAdmin) throws {
        try cluster.require(
            "POST", "/api/v1/namespaces/payments/serviceaccounts",
            ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": .string(name)]])
    }

    private func token(_ name: String, for audiences: JSONValue, _ cluster: KubernetesAdmin) throws -> SignedToken {
        let answer = try cluster.require(
            "POST", "/api/v1/namespaces/payments/serviceaccounts/\(name)/token",
            [
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                "spec": ["audiences": audiences, "expirationSeconds": 600],
            ])
        return try SignedToken(try #require(answer["status"]?["token"]?.string))
    }

    @Test("the one that is declared, and no other") func runner() async throws {
        guard let server = try KubernetesServer.start() else { return }
        defer { server.stop() }
        let cluster = server.cluster
        try cluster.makeNamespace("payments")
        for name in ["deploy", "deploy2"] { try account(name, cluster) }
        let keys = try KeySet(parsing: Array(try cluster.require("GET", "/openid/v1/jwks").compactText.utf8))
        let workload = Workload(
            tenant: Sample.slug("payments"), tier: Sample.slug("live"), name: Sample.slug("deploy"),
            issuer: "https://kubernetes.default.svc", subject: "system:serviceaccount:payments:deploy",
            audience: Self.audience, place: SourceLocation(file: "tenants/payments.yaml", line: 8, column: 3))
        func match(_ token: SignedToken) -> WorkloadMatch {
            let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
            return WorkloadMatch(
                token, of: [workload], group: nil, keys: keys, algorithms: SigningAlgorithm.usual, at: now)
        }
        let audience: JSONValue = [.string(Self.audience)]
        let good = match(try token("deploy", for: audience, cluster))
        #expect(good.workload == workload, "\(good.verdict.reason)")
        let other = match(try token("deploy2", for: audience, cluster))
        #expect(other.verdict.refusals.map(\.claim) == ["sub"])
        let elsewhere = match(try token("deploy", for: ["https://other.example.com"], cluster))
        #expect(elsewhere.verdict.refusals.map(\.claim) == ["aud"])
        let both = match(try token("deploy", for: [.string(Self.audience), "https://other.example.com"], cluster))
        #expect(both.verdict.refusals.map(\.claim) == ["azp"])
    }
}
