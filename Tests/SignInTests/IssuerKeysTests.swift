import AccessModel
import ConnectorKit
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SignIn

@Suite("Keys of issuers")
struct IssuerKeysTests {
    private let clock = SimulatedClock(Sample.now)

    private func keys(_ limits: IssuerKeys.Limits = IssuerKeys.Limits()) -> IssuerKeys {
        let clock = clock
        return IssuerKeys(limits: limits, now: { clock.now() })
    }

    private func issuer(_ behaviour: (inout TestIssuer.Behaviour) -> Void = { _ in }) throws -> TestIssuer {
        let clock = clock
        let issuer = try TestIssuer(["ES256"], now: { clock.now() })
        issuer.change(behaviour)
        return issuer
    }

    private func fetches(_ issuer: TestIssuer) -> Int { issuer.paths.count { $0 == "/jwks" } }

    @Test("they are found by the issuer's document, and kept") func found() async throws {
        let issuer = try issuer()
        let keys = keys()
        let settings = IssuerSettings(issuer.url)
        for _ in 0..<5 { #expect(try await keys.keys(of: settings, holding: "k1").holds("k1")) }
        #expect(issuer.paths == ["/.well-known/openid-configuration", "/jwks"])
    }

    @Test("a key that is new is fetched, at a bounded rate") func rotated() async throws {
        let issuer = try issuer()
        let keys = keys()
        let settings = IssuerSettings(issuer.url)
        _ = try await keys.keys(of: settings, holding: "k1")
        issuer.rotate(to: [try IssuerKey("EdDSA", id: "k2")])
        // Asked a moment ago: whoever invents names does not make us ask again.
        for name in ["k2", "x", "y"] { #expect(try await !keys.keys(of: settings, holding: name).holds("k2")) }
        #expect(fetches(issuer) == 1)
        clock.advance(by: .seconds(30))
        let set = try await keys.keys(of: settings, holding: "k2")
        #expect(set.holds("k2") && !set.holds("k1"))
        for name in ["x", "y"] { _ = try await keys.keys(of: settings, holding: name) }
        #expect(fetches(issuer) == 2)
    }

    @Test("many who miss one key wait for one request") func together() async throws {
        let issuer = try issuer()
        let keys = keys()
        let settings = IssuerSettings(issuer.url)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { try await keys.keys(of: settings, holding: "k1").holds("k1") } }
            for try await holds in group { #expect(holds) }
        }
        #expect(fetches(issuer) == 1)
    }

    @Test("one slow issuer keeps nobody from another") func apart() async throws {
        let other = try issuer()
        let gate = AsyncStream<Void>.makeStream()
        let fetch: IssuerKeys.Fetch = { (settings, address) async throws(SignInError) in
            if settings.issuer == "https://slow.example.com" {
                var iterator = gate.stream.makeAsyncIterator()
                _ = await iterator.next()
                throw SignInError(code: .unreachable, operation: "ask", message: "slow")
            }
            return try await ProviderHTTP(settings, clock: { Sample.now }).get(address)
        }
        let keys = IssuerKeys(now: { Sample.now }, fetch: fetch)
        let slow = Task { try await keys.keys(of: IssuerSettings("https://slow.example.com"), holding: "k") }
        #expect(try await keys.keys(of: IssuerSettings(other.url), holding: "k1").holds("k1"))
        gate.continuation.finish()
        await #expect(throws: SignInError.self) { try await slow.value }
    }

    @Test("while the issuer is down the last ones count, and not for ever") func down() async throws {
        let issuer = try issuer()
        let keys = keys()
        let settings = IssuerSettings(issuer.url)
        _ = try await keys.keys(of: settings, holding: "k1")
        issuer.change { $0.isDown = true }
        clock.advance(by: .hours(1))
        #expect(try await keys.keys(of: settings, holding: "k1").holds("k1"))
        #expect(try await keys.keys(of: settings, holding: "unknown").holds("k1"))
        clock.advance(by: .hours(24))
        let error = await #expect(throws: SignInError.self) { try await keys.keys(of: settings, holding: "k1") }
        #expect(error?.code == .unreachable)
    }

    @Test("keys that are old are fetched anew beside their use") func refreshed() async throws {
        let issuer = try issuer()
        let keys = keys()
        let settings = IssuerSettings(issuer.url)
        _ = try await keys.keys(of: settings, holding: "k1")
        issuer.rotate(to: issuer.keys + [try IssuerKey("EdDSA", id: "k2")])
        clock.advance(by: .minutes(11))
        _ = try await keys.keys(of: settings, holding: "k1")
        for _ in 0..<200 where fetches(issuer) < 2 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(fetches(issuer) == 2)
    }

    @Test("an issuer that has lost its keys does not take those that are known") func emptied() async throws {
        let issuer = try issuer()
        let keys = keys()
        let settings = IssuerSettings(issuer.url)
        _ = try await keys.keys(of: settings, holding: "k1")
        issuer.rotate(to: [])
        clock.advance(by: .minutes(1))
        #expect(try await keys.keys(of: settings, holding: "k2").holds("k1"))
    }

    @Test(
        "the document of another issuer is refused, to the last slash",
        arguments: ["https://login.example.com", "/", "http://localhost"])
    func otherIssuer(_ stated: String) async throws {
        let issuer = try issuer()
        let url = issuer.url
        issuer.change { $0.statedIssuer = stated == "/" ? url + "/" : stated }
        let error = await #expect(throws: SignInError.self) {
            try await keys().keys(of: IssuerSettings(issuer.url), holding: nil)
        }
        #expect(error?.code == .provider && fetches(issuer) == 0)
    }

    @Test("a redirect is not followed, and plain http leaves this machine nowhere") func elsewhere() async throws {
        let issuer = try issuer()
        let url = issuer.url
        issuer.change { $0.document = { $0["jwks_uri"] = .string(url + "/moved") } }
        await #expect(throws: SignInError.self) { try await keys().keys(of: IssuerSettings(url), holding: nil) }
        #expect(fetches(issuer) == 0)
        issuer.change { $0.document = { $0["jwks_uri"] = "http://keys.example.com/" } }
        await #expect(throws: SignInError.self) { try await keys().keys(of: IssuerSettings(url), holding: nil) }
    }

    @Test("an issuer that answers with too much, or with nothing of use, gives no keys") func large() async throws {
        let issuer = try issuer()
        issuer.change { $0.document = { $0["padding"] = .string(String(repeating: "x", count: 1_100_000)) } }
        await #expect(throws: SignInError.self) { try await keys().keys(of: IssuerSettings(issuer.url), holding: nil) }
        issuer.change { $0.document = { $0["jwks_uri"] = Optional<JSONValue>.none } }
        await #expect(throws: SignInError.self) { try await keys().keys(of: IssuerSettings(issuer.url), holding: nil) }
    }

    @Test(
        "a name that leads into a private network is not asked",
        arguments: [[10, 0, 0, 1], [169, 254, 169, 254], [127, 0, 0, 1]])
    func privateNetworks(_ bytes: [UInt8]) async throws {
        let issuer = try issuer()
        let address = try #require(NetworkAddress(bytes))
        let port = try #require(issuer.url.split(separator: ":").last)
        var settings = IssuerSettings("http://localhost:\(port)", reach: .anywherePublic)
        func http() -> ProviderHTTP {
            ProviderHTTP(settings, timeout: .seconds(2), clock: { Sample.now }, resolve: { _ in [address] })
        }
        let place = try #require(ProviderAddress("http://localhost:\(port)/jwks"))
        let error = await #expect(throws: SignInError.self) { try await http().get(place) }
        #expect(error?.message.contains("private network") == true && issuer.paths.isEmpty)
        // One good address beside a bad one is no better.
        let both = [NetworkAddress([93, 184, 216, 34]), address].compactMap { $0 }
        let mixed = ProviderHTTP(settings, clock: { Sample.now }, resolve: { _ in both })
        await #expect(throws: SignInError.self) { try await mixed.get(place) }
        settings.reach = .privateNetworks
        guard address.isLoopback else { return }
        _ = try await http().get(place)
        #expect(issuer.paths == ["/jwks"])
    }

    /// Somebody listens at what the machine's own resolver makes of the name, and nobody at what was looked at.
    @Test("the connection goes to the address that was looked at, and to no other") func pinned() async throws {
        let issuer = try issuer()
        let asked = Mutex<[String]>([])
        let port = try #require(issuer.url.split(separator: ":").last)
        let place = try #require(ProviderAddress("http://localhost:\(port)/jwks"))
        func http(_ bytes: [UInt8]) -> ProviderHTTP {
            let resolve: ProviderHTTP.Resolve = { host in
                asked.withLock { $0.append(host) }
                return [NetworkAddress(bytes)].compactMap { $0 }
            }
            return ProviderHTTP(IssuerSettings(issuer.url), clock: { Sample.now }, resolve: resolve)
        }
        let error = await #expect(throws: SignInError.self) { try await http([127, 0, 0, 9]).get(place) }
        #expect(error?.code == .unreachable && issuer.paths.isEmpty)
        _ = try await http([127, 0, 0, 1]).get(place)
        #expect(asked.withLock { $0 } == ["localhost", "localhost"] && issuer.paths == ["/jwks"])
    }

    @Test(
        "addresses that are no provider's",
        arguments: [
            "http://login.example.com", "https://user@login.example.com", "https://login.example.com/#x",
            "login.example.com",
            "https://", "ftp://login.example.com", "https://login.example.com:0", "https://a b", "https://é.example",
            "https://login.example.com\\@attacker.example", "HTTPS://login.example.com",
            "http://127.0.0.1.attacker.example",
        ]) func addresses(_ text: String)
    { #expect(ProviderAddress(text) == nil) }

    @Test("keys may be given, or be at an address of their own") func otherwise() async throws {
        let issuer = try issuer()
        let given = IssuerSettings("https://k8s.example", keys: .given(Array(issuer.keySet.compactText.utf8)))
        #expect(try await keys().keys(of: given, holding: "k1").holds("k1") && issuer.paths.isEmpty)
        let placed = IssuerSettings("https://k8s.example", keys: .address(issuer.url + "/jwks"), reach: .thisMachine)
        #expect(try await keys().keys(of: placed, holding: "k1").holds("k1"))
        await #expect(throws: SignInError.self) { try await keys().document(of: placed) }
    }
}
