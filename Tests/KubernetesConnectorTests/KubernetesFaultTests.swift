import AccessModel
import ConnectorKit
import Foundation
import KubernetesConnector
import StrictJSON
import TestSupport
import Testing

/// A real API server behind a proxy that fails by a seed.
@Suite struct KubernetesFaultTests {
    /// With `TENURE_LONG_TESTS` five thousand.
    private static let runs = ProcessInfo.processInfo.environment["TENURE_LONG_TESTS"] == nil ? 100 : 5_000
    private static let workers = 4

    @Test func whateverFailsTheEndIsRight() async throws {
        guard let first = try KubernetesTestCluster.shared() else { return }
        let seed = ProcessInfo.processInfo.environment["TENURE_SEED"].flatMap { UInt64($0) } ?? 20_261_122
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<Self.workers {
                let cluster = worker == 0 ? first : try KubernetesTestCluster.shared()
                guard let cluster else { return }
                group.addTask {
                    try await Self.work(on: cluster, seed: seed &+ UInt64(worker) &* 1_000_003)
                }
            }
            try await group.waitForAll()
        }
    }

    private static func work(on cluster: KubernetesTestCluster, seed: UInt64) async throws {
        try cluster.makeNamespace()
        let proxy = try FaultProxy(
            to: cluster.admin.url, caFile: cluster.admin.caFile, seed: seed, percent: 20, refusing: expired,
            shortening: shortened)
        let connector = try cluster.connector(["page_size": 20], server: proxy.url)
        let facts = [
            cluster.assignment(), cluster.assignment(.contributor), cluster.trust(), cluster.trust("repo:o/r:ref:x"),
        ]
        var generator = SeededGenerator(seed: seed)
        var wanted: Set<Fact> = []
        for run in 0..<(runs / workers) {
            for _ in 0..<3 {
                let fact = generator.pick(facts)
                if wanted.contains(fact) {
                    try await insist("remove") { try await connector.remove(fact) }
                    wanted.remove(fact)
                } else {
                    try await insist("add") { try await connector.add(fact) }
                    wanted.insert(fact)
                }
            }
            try await expectTruth(connector, wanted, "seed \(seed), run \(run)")
            try expectObjects(cluster, wanted, "seed \(seed), run \(run)")
        }
        for fault in FaultProxy.Fault.allCases {
            #expect(proxy.made[fault, default: 0] > 0, "\(fault.rawValue) never happened")
        }
        await connector.close()
        await proxy.stop()
    }

    /// A listing that goes on has expired, in the server's own words.
    private static let expired: FaultProxy.Refusal = { fault, request in
        guard fault == .failed, request.query("continue") != nil else { return nil }
        return HTTPDouble.Response(
            410,
            body: #"{"kind":"Status","status":"Failure","reason":"Expired","message":"by the seed","code":410}"#)
    }

    /// A page that says how many come after it, and does not say where.
    private static let shortened: @Sendable (String) -> String? = { body in
        guard let list = try? JSONParser.parse(body), var metadata = list["metadata"]?.object,
            metadata["remainingItemCount"] != nil, var object = list.object
        else { return nil }
        metadata["continue"] = nil
        object["metadata"] = .object(metadata)
        return JSONValue.object(object).compactText
    }

    /// As the engine does it: again and again, while the error says that it may help.
    private static func insist(_ what: String, _ body: () async throws -> Receipt) async throws {
        for attempt in 1...200 {
            do {
                _ = try await body()
                return
            } catch let error as ConnectorError {
                #expect(error.isRetryable, "\(error)")
                guard error.isRetryable, attempt < 200 else { throw error }
            }
        }
    }

    /// What the connector says through the proxy is true or is not said.
    private static func expectTruth(_ connector: KubernetesCluster, _ wanted: Set<Fact>, _ place: String) async throws {
        for _ in 0..<2 {
            do {
                let seen = try await connector.observe(.everything)
                guard seen.completeness == .complete else { continue }
                #expect(Set(seen.facts) == wanted, "\(place): \(seen.facts.map(\.key)) \(seen.remnants.map(\.key))")
                #expect(seen.remnants.isEmpty, "\(place)")
            } catch {
                #expect(error.isRetryable, "\(place): \(error)")
            }
        }
    }

    /// What the server holds, past the proxy: exactly what is wanted, once.
    private static func expectObjects(_ cluster: KubernetesTestCluster, _ wanted: Set<Fact>, _ place: String) throws {
        let selector = "?labelSelector=tenure.io%2Forganization%3D\(cluster.tag)"
        let bindings = try cluster.admin.require("GET", KubernetesAdmin.rbac + "/rolebindings\(selector)")["items"]?
            .array
        let accounts = try cluster.admin.require("GET", "/api/v1/serviceaccounts\(selector)")["items"]?.array
        let trusts = wanted.count { $0.kind == .federatedTrust }
        #expect(bindings?.count == wanted.count, "\(place)")
        #expect(accounts?.count == trusts, "\(place)")
        for binding in bindings ?? [] { #expect(binding["subjects"]?.array?.count == 1, "\(place)") }
    }
}
