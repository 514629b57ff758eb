import AccessModel
import ConnectorKit
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import KubernetesConnector

/// Listings that are not whole: on a double that is written from the API's reference, and, where a real server can be made
/// to answer so, on that one.
@Suite struct KubernetesListingTests {
    /// Answers of the double: a page of names, or a status.
    private enum Page: Sendable {
        case page([String], version: String = "7", next: String? = nil, left: Int64? = nil)
        case expired
    }

    /// Answers in turn, the last one for ever; what came of the listing, and how often it was asked for a page.
    private func list(_ pages: [Page]) async throws -> (listing: ResourceListing, requests: Int) {
        let turn = Mutex(0)
        let double = try HTTPDouble { _ in
            let number = turn.withLock { turn in
                defer { turn += 1 }
                return min(turn, pages.count - 1)
            }
            return Self.answer(pages[number])
        }
        defer { double.stop() }
        let settings = try KubernetesSettings(
            kubernetesConfiguration(["url": .string(double.url)], credential: SecretText("canary-token")))
        let door = ClusterDoor(settings.door, clock: { Instant(milliseconds: 0) })
        let listing = try await KubernetesClient(door: door, pageSize: 2).list(.namespaces, operation: "list")
        await door.close()
        return (listing, double.requests.count)
    }

    private static func answer(_ page: Page) -> HTTPDouble.Response {
        switch page {
        case .expired:
            return HTTPDouble.Response(
                410, body: #"{"kind":"Status","status":"Failure","reason":"Expired","message":"too old","code":410}"#)
        case .page(let names, let version, let next, let left):
            var metadata = JSONObject()
            metadata["resourceVersion"] = .string(version)
            metadata["continue"] = next.map { .string($0) }
            metadata["remainingItemCount"] = left.map { .integer($0) }
            let list: JSONValue = [
                "kind": "NamespaceList", "apiVersion": "v1", "metadata": .object(metadata),
                "items": .array(names.map { ["metadata": ["name": .string($0)]] }),
            ]
            return HTTPDouble.Response(200, body: list.compactText)
        }
    }

    @Test func pagesOfOneMomentAreWhole() async throws {
        let (listing, requests) = try await list([.page(["a", "b"], next: "t", left: 1), .page(["c"])])
        #expect(listing.doubt == nil)
        #expect(listing.items.count == 3)
        #expect(requests == 2)
    }

    @Test func aContinuationThatExpiresIsBegunAnewOnce() async throws {
        let (listing, requests) = try await list([
            .page(["a", "b"], next: "t"), .expired, .page(["a", "c"], version: "8", next: "u"),
            .page(["d"], version: "8"),
        ])
        #expect(listing.doubt == nil)
        #expect(listing.items.compactMap { $0["metadata"]?["name"]?.string } == ["a", "c", "d"])
        #expect(requests == 4)
    }

    @Test func oneThatExpiresTwiceIsInDoubt() async throws {
        let (listing, requests) = try await list([
            .page(["a"], next: "t"), .expired, .page(["a"], next: "u"), .expired,
        ])
        #expect(listing.doubt?.contains("expired twice") == true)
        #expect(listing.items.isEmpty)
        #expect(requests == 4)
    }

    @Test func pagesThatDoNotAddUpAreInDoubt() async throws {
        let cases: [(pages: [Page], words: String)] = [
            ([.page(["a"], next: "t"), .page(["b"], version: "8")], "different moments"),
            ([.page(["a", "b"], next: "t"), .page(["b", "c"])], "came twice"),
            ([.page(["a"], left: 4)], "before its end"),
            ([.page(["a"], next: "t"), .page(["b"], next: "t")], "circles"),
        ]
        for (pages, words) in cases {
            let doubt = try await list(pages).listing.doubt
            #expect(doubt?.contains(words) == true, "\(words): \(doubt ?? "none")")
        }
    }

    /// The database forgets its past between two pages; the server itself then says 410.
    @Test func aRealServersListingThatExpiresIsBegunAnew() async throws {
        guard let cluster = try KubernetesTestCluster.own(), let server = cluster.server else { return }
        defer { server.stop() }
        try cluster.makeNamespace()
        let straight = try cluster.connector()
        try await straight.add(cluster.assignment())
        await straight.close()
        let past = ForgottenPast(cluster, server)
        let proxy = try FaultProxy(
            to: cluster.admin.url, caFile: cluster.admin.caFile, seed: 1, percent: 0,
            watching: { request in if request.query("continue") != nil { past.pass() } })
        let connector = try cluster.connector(["page_size": 2], server: proxy.url)
        let seen = try await connector.observe(.everything)
        #expect(seen.completeness == .complete)
        #expect(seen.facts == [cluster.assignment()])
        #expect(proxy.answered[410, default: 0] > 0, "\(proxy.answered)")

        past.forgets(.max)
        guard case .partial(let reason) = try await connector.observe(.everything).completeness else {
            Issue.record("called complete")
            return
        }
        #expect(reason.contains("expired twice"), "\(reason)")
        #expect(past.failures == [])
        await connector.close()
        await proxy.stop()
    }
}

/// What a listing goes on from is gone by the next page, so many times.
private final class ForgottenPast: Sendable {
    private struct State {
        var left = 1
        var made = 0
        var failures: [String] = []
    }

    private let cluster: KubernetesTestCluster
    private let server: KubernetesServer
    private let state = Mutex(State())

    init(_ cluster: KubernetesTestCluster, _ server: KubernetesServer) {
        self.cluster = cluster
        self.server = server
    }

    var failures: [String] { state.withLock { $0.failures } }

    func forgets(_ times: Int) { state.withLock { $0.left = times } }

    func pass() {
        state.withLock { state in
            guard state.left > 0 else { return }
            state.left -= 1
            state.made += 1
            do {
                // The newest state is kept: there has to be a newer one.
                try cluster.admin.makeNamespace("\(cluster.tag)-\(state.made)")
                try server.forgetThePast()
            } catch {
                state.failures.append("\(error)")
            }
        }
    }
}
